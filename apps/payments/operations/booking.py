"""From a settled charge to the ledger."""

from __future__ import annotations

from fractions import Fraction
from uuid import UUID

from django.db import transaction

from apps.core.money import round_half_away
from apps.core.origin import Origin
from apps.core.rows import save_fields
from apps.ledger.operations import post_sale, post_unclaimed_payment
from apps.ledger.sales import Sale
from apps.ledger.unclaimed import UnclaimedPayment
from apps.orders.models import Order
from apps.orders.operations import set_platform_fee
from apps.payments.models import Payment
from apps.payments.operations.recording import record_charge
from apps.payments.operations.unclaiming import leave_unclaimed
from apps.processors import gateway
from apps.processors.gateway import BalanceTransaction, Charge, Intent


@transaction.atomic
def book_charge(
    *, charge: Charge, settlement: BalanceTransaction, origin: Origin
) -> Payment | None:
    """
    Post a settled charge to the ledger and keep the platform's fee on its order.

    Records the payment first, in case its own message is still on the way. The second time
    nothing changes. Money that no order has a use for is no sale: it is posted as owed to its
    payer. A charge that is not ours is not posted.
    """
    payment = record_charge(charge=charge, origin=origin)
    if payment is None or payment.status != Payment.Status.SUCCEEDED:
        return payment
    if payment.order_id is None:
        # Whoever heard of it may have found its order.
        payment.refresh_from_db(fields=["order", "unclaimed_at"])
    order = payment.order
    if order is None:
        leave_unclaimed(payment=payment, why="It names nothing that it pays.", origin=origin)
    if order is None or payment.unclaimed_at is not None:
        post_unclaimed_payment(payment=_unclaimed(charge, settlement, payment), origin=origin)
    else:
        result = post_sale(sale=_sale(charge, settlement, payment), origin=origin)
        set_platform_fee(
            order_id=order.pk,
            amount=result.platform_fee_amount,
            currency=result.platform_fee_currency,
            origin=origin,
        )
    if payment.booked_at is None:
        payment.booked_at = origin.at
        save_fields(payment, "booked_at")
    return payment


def book_missing_charge(*, payment_id: UUID, origin: Origin) -> None:
    """
    Book a payment whose settlement was never reported, if the processor has settled it.

    Called outside a transaction: the charge and its balance transaction are read. Booked already,
    it changes nothing.

    :raises ProcessorUnavailable: if they cannot be read now.
    """
    payment = Payment.objects.get(pk=payment_id)
    charge = gateway.read_charge(payment.processor_id)
    if charge.balance_transaction_id is not None:
        settlement = gateway.read_balance_transaction(charge.balance_transaction_id)
        book_charge(charge=charge, settlement=settlement, origin=origin)


def book_paid_intent(*, intent: Intent, origin: Origin) -> None:
    """
    Do what the webhooks of a successful charge would do; whoever comes second changes nothing.

    Called outside a transaction: the charge and its balance transaction are read, unless the
    intent came with them.

    :raises ProcessorUnavailable: if they cannot be read now.
    """
    if intent.charge_id is None:
        return
    charge = intent.charge or gateway.read_charge(intent.charge_id)
    if charge.balance_transaction_id is None:
        record_charge(charge=charge, origin=origin)
        return
    settlement = intent.settlement or gateway.read_balance_transaction(
        charge.balance_transaction_id
    )
    book_charge(charge=charge, settlement=settlement, origin=origin)


def charged_tax(order: Order, amount: int) -> int:
    """
    How much of a charge over `amount` is the order's tax: its share of the order, to the cent.

    Credit of the customer pays net and tax alike; debt that is collected with the order bears no
    tax.
    """
    if order.total_amount <= 0:
        return 0
    share = round_half_away(Fraction(order.tax_amount * amount, order.total_amount))
    return max(0, min(share, order.tax_amount, amount))


def _unclaimed(
    charge: Charge, settlement: BalanceTransaction, payment: Payment
) -> UnclaimedPayment:
    return UnclaimedPayment(
        organization_id=payment.organization_id,
        payment_id=payment.pk,
        charge_id=charge.id,
        presentment_currency=charge.currency,
        presentment_amount=charge.amount,
        settlement_currency=settlement.currency,
        settlement_amount=settlement.amount,
        settlement_fee=settlement.fee,
        exchange_rate=settlement.exchange_rate,
        available_at=settlement.available_at,
    )


def _sale(charge: Charge, settlement: BalanceTransaction, payment: Payment) -> Sale:
    order = payment.order
    if order is None:
        raise ValueError("A sale has an order.")
    details = charge.method.metadata if charge.method else {}
    return Sale(
        organization_id=payment.organization_id,
        order_id=order.pk,
        payment_id=payment.pk,
        charge_id=charge.id,
        presentment_currency=charge.currency,
        presentment_amount=charge.amount,
        presentment_tax_amount=charged_tax(order, charge.amount),
        settlement_currency=settlement.currency,
        settlement_amount=settlement.amount,
        settlement_fee=settlement.fee,
        exchange_rate=settlement.exchange_rate,
        available_at=settlement.available_at,
        card_country=details.get("country"),
        method=payment.method,
        is_subscription=order.subscription_id is not None,
        used_3ds=charge.used_3ds,
        tax_country=charge.metadata.get("tax_country"),
        tax_state=charge.metadata.get("tax_state"),
    )
