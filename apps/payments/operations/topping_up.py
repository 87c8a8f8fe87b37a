"""
Filling a wallet: a customer who is not there pays for credit.

The order, what the wallet gets for it and the attempt to charge are committed before the processor
is asked; no transaction is open while it is. `order.paid` credits the wallet in the transaction
that makes the order paid, `order.finalize_failed` gives both up. So a process that dies, or whose
answer is lost, leaves a top-up that is open: whoever looks after the attempt brings it to its end,
and until then there is no other of that wallet.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.money import maximum_amount, minimum_amount
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.orders.operations import create_top_up_order, discard_draft_order
from apps.payments.errors import (
    OrganizationNotReadyForPayments,
    PaymentActionRequired,
    PaymentFailed,
)
from apps.payments.models import ChargeAttempt, PaymentMethod
from apps.payments.operations.attempting import begin_charge_attempt
from apps.payments.operations.charging import ask_for_charge
from apps.wallets.errors import (
    InvalidPaymentMethodError,
    MissingPaymentMethodError,
    PaymentIntentFailedError,
)
from apps.wallets.models import Wallet
from apps.wallets.operations import credit_top_up, give_up_top_up, promise_top_up, require_fillable
from apps.wallets.selectors import is_topped_up


def top_up_wallet(
    *, wallet_id: UUID, amount: int, payment_method_id: UUID | None = None, origin: Origin
) -> Wallet:
    """
    Charge a customer for `amount` minor units of credit, plus tax; the wallet as it is then.

    Without `payment_method_id` the customer's default method is charged. The same request again,
    known by its idempotency key, takes no second payment. Called outside a transaction.

    :raises ValidationFailed: for an amount that cannot be charged, or cannot be taxed.
    :raises OrganizationNotReadyForPayments: while it may not take payments.
    :raises MissingPaymentMethodError: if the customer has nothing to charge.
    :raises InvalidPaymentMethodError: for a method that is not theirs.
    :raises PaymentIntentFailedError: if the charge did not succeed, or has not yet.
    :raises ProcessorUnavailable: if the processor was not reached; nothing was charged.
    :raises PaymentAlreadyInProgress: if the outcome is not known yet; it is credited once it is.
    :raises TopUpInProgress: while the outcome of another top-up is not known.
    """
    attempt = begin_top_up(
        wallet_id=wallet_id, amount=amount, payment_method_id=payment_method_id, origin=origin
    )
    if attempt is not None:
        _charge(attempt, origin)
    return Wallet.objects.get(pk=wallet_id)


@transaction.atomic
def begin_top_up(
    *, wallet_id: UUID, amount: int, payment_method_id: UUID | None = None, origin: Origin
) -> ChargeAttempt | None:
    """
    Write down what `top_up_wallet` will ask of the processor, and what the wallet gets for it.

    None if this very request was paid for and credited before. Raises what `top_up_wallet` does
    before it charges.
    """
    wallet = require_fillable(wallet_id=wallet_id)
    if is_topped_up(wallet, origin.idempotency_key):
        return None
    _require_amount(amount, wallet.currency)
    if not wallet.organization.can("checkout_payments"):
        raise OrganizationNotReadyForPayments
    method = _method(wallet.customer, payment_method_id)
    order = create_top_up_order(
        customer=wallet.customer, amount=amount, currency=wallet.currency, origin=origin
    )
    promise_top_up(
        wallet=wallet,
        order_id=order.pk,
        amount=amount,
        charged_amount=order.due_amount,
        origin=origin,
    )
    return begin_charge_attempt(order_id=order.pk, payment_method_id=method.pk, origin=origin)


@transaction.atomic
def settle_top_up(*, order_id: UUID, origin: Origin) -> None:
    """Credit what a paid order bought, if it bought credit; the second time changes nothing."""
    credit_top_up(order_id=order_id, origin=origin)


@transaction.atomic
def discard_top_up(*, order_id: UUID, origin: Origin) -> None:
    """Give up an order of credit whose charge has failed; other orders stay as they are."""
    if give_up_top_up(order_id=order_id, origin=origin):
        discard_draft_order(order_id=order_id, origin=origin)


def _charge(attempt: ChargeAttempt, origin: Origin) -> None:
    try:
        ask_for_charge(attempt, is_first_try=True, origin=origin)
    except (PaymentFailed, PaymentActionRequired) as error:
        raise PaymentIntentFailedError(error.detail) from error
    if not Order.objects.get(pk=attempt.order_id).is_paid:
        raise PaymentIntentFailedError(
            "The payment has not succeeded yet. The wallet is credited once it has."
        )


def _method(customer: Customer, payment_method_id: UUID | None) -> PaymentMethod:
    wanted = payment_method_id or customer.default_payment_method_id
    rows = PaymentMethod.objects.filter(customer=customer, deleted_at=None)
    method = rows.filter(pk=wanted).first() if wanted else None
    if method is None and payment_method_id is not None:
        raise InvalidPaymentMethodError
    if method is None or customer.deleted_at is not None or not customer.processor_customer_id:
        raise MissingPaymentMethodError
    return method


def _require_amount(amount: int, currency: str) -> None:
    least, most = minimum_amount(currency), maximum_amount(currency)
    if not least <= amount <= most:
        raise ValidationFailed.at(
            "body",
            "amount",
            msg=f"The amount must be at least {least} and at most {most}.",
            value=amount,
        )
