"""
Refunds: their sums, what is refused, and what the processor's reports make of an order.

The processor is not asked: what it would answer is handed to the operation that takes its answers.
"""

from __future__ import annotations

from typing import Any

from apps.api.inputs import read_input
from apps.benefits.models import BenefitGrant
from apps.core.ids import new_id
from apps.ledger.models import Entry
from apps.ledger.operations import post_sale
from apps.ledger.sales import Sale
from apps.orders.models import Order
from apps.orders.operations.entitling import align_order_benefits
from apps.orders.refunds import parts_of_gross, parts_of_net, status_after
from apps.orders.refunds import refundable as refundable_parts
from apps.organizations.models import Organization
from apps.payments.api.refund_views import RefundCreateInput
from apps.payments.models import Payment, Refund
from apps.payments.operations import RefundInput, record_refund
from apps.payments.operations.booking import charged_tax
from apps.payments.operations.refunds.refunding import begin_refund
from apps.processors.gateway import BalanceTransaction
from apps.processors.gateway.refunds import RefundFacts
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.world import NOW, Merchant, make_customer, make_organization, origin_at
from tests.support.grants import make_benefit, put_on, spy, work_off
from tests.support.subscribers import make_plan

AREA = "refunds"
CURRENCY = "usd"
PAID = ("paid", "partially_refunded", "refunded")


@adapter(AREA)
def split_total(given: Facts, when: Facts) -> Facts:
    parts = parts_of_gross(_amounts(given), when["total"])
    return {"amount": parts.amount, "tax_amount": parts.tax_amount}


@adapter(AREA)
def tax_for_amount(given: Facts, when: Facts) -> Facts:
    parts = parts_of_net(_amounts(given), when["amount"])
    return {"tax_amount": parts.tax_amount, "error": None}


@adapter(AREA)
def refundable(given: Facts, when: Facts) -> Facts:
    parts = refundable_parts(_amounts(given))
    return {"refundable_amount": parts.amount, "refundable_tax_amount": parts.tax_amount}


@adapter(AREA)
def apply_refund(given: Facts, when: Facts) -> Facts:
    order = _amounts(given)
    return {"order_status": status_after(order, order.refunded_amount + when["amount"])}


@adapter(AREA, db=True)
def refund(given: Facts, when: Facts) -> Facts:
    order = paid_order(given)
    body = {"order_id": str(order.pk), "reason": when.get("reason", "other")}
    body |= {name: when[name] for name in ("amount", "revoke_benefits") if name in when}
    if "auth" in when:
        if when["auth"] is not None:
            raise NotYet(f"no credential is called {when['auth']}")
        return Merchant(None).call("POST", "refunds/", body).refusal()
    values = read_input(RefundCreateInput, body)
    del values["order_id"]
    asked = RefundInput(source=Refund.Source.API, **values)
    grant_benefit(order)
    begun = begin_refund(order.pk, asked, None, origin_at())
    made = record_refund(facts=_facts("re_1", "succeeded", begun=begun), origin=origin_at())
    assert made is not None
    work_off(origin_at())
    order.refresh_from_db()
    return {
        "amount": made.amount,
        "tax_amount": made.tax_amount,
        "order_status": order.status,
        "refundable_amount_after": refundable_parts(order).amount,
        "balance_after": balance(order.customer_id, CURRENCY),
        "benefits_task": benefits_task(order),
        "error": None,
    }


@adapter(AREA, db=True)
def processor_refund_events(given: Facts, when: Facts) -> Facts:
    order = paid_order(given)
    charge = Payment.objects.get(order=order).processor_id
    number, nets, taxes = 1, [], []
    for event in when["events"]:
        number += bool(event.get("new"))
        facts = _facts(f"re_{number}", event["status"], charge=charge, total=event["total"])
        record_refund(facts=facts, origin=origin_at())
        order.refresh_from_db()
        nets.append(order.refunded_amount)
        taxes.append(order.refunded_tax_amount)
    return {
        "order_status": order.status,
        "refunded_amount_per_event": nets,
        "refunded_tax_amount_per_event": taxes,
        "ledger_reverted": Entry.objects.filter(type="refund_reversal").exists(),
    }


def _amounts(given: Facts) -> Order:
    """The order of a case, not stored."""
    facts = given["order"]
    subtotal, tax = facts["subtotal_amount"], facts.get("tax_amount") or 0
    is_inclusive = facts.get("tax_behavior") == "inclusive"
    return Order(
        currency=facts.get("currency", CURRENCY),
        subtotal_amount=subtotal,
        discount_amount=facts.get("discount_amount") or 0,
        net_amount=subtotal - (facts.get("discount_amount") or 0) - (tax if is_inclusive else 0),
        tax_amount=tax,
        tax_behavior=facts.get("tax_behavior"),
        applied_balance_amount=facts.get("applied_balance_amount") or 0,
        refunded_amount=facts.get("refunded_amount") or 0,
        refunded_tax_amount=facts.get("refunded_tax_amount") or 0,
    )


def paid_order(given: Facts) -> Order:
    """The order of a case with its payment, in the books unless the case says otherwise."""
    organization = make_organization()
    capabilities = {**organization.capabilities, "refunds": given.get("organization_can_refund")}
    if capabilities["refunds"] is None:
        capabilities["refunds"] = True
    Organization.objects.filter(pk=organization.pk).update(capabilities=capabilities)
    customer = make_customer(organization)
    order = _amounts(given)
    order.organization, order.customer = organization, customer
    order.created_at = NOW
    order.billing_reason = Order.BillingReason.PURCHASE
    order.status = given.get("order_status") or _usual_status(order)
    order.paid_at = NOW if order.status in PAID else None
    order.subscription_id = new_id() if given.get("subscription") else None
    order.refunds_blocked_at = NOW if given.get("refunds_blocked") else None
    order.save(force_insert=True)
    if amount := given.get("balance"):
        adjust_wallet(
            customer=customer, currency=CURRENCY, amount=amount, note="Start", origin=origin_at()
        )
    if order.status in PAID and order.due_amount:
        _pay(order, is_booked=given.get("payment_booked", True))
    return order


def _usual_status(order: Order) -> str:
    return status_after(order, order.refunded_amount)


def _pay(order: Order, *, is_booked: bool) -> None:
    payment = Payment.objects.create(
        created_at=NOW,
        organization=order.organization,
        customer=order.customer,
        order=order,
        processor_id="ch_case",
        intent_id="pi_case",
        status=Payment.Status.SUCCEEDED,
        amount=order.due_amount,
        currency=CURRENCY,
        method="card",
        booked_at=NOW if is_booked else None,
    )
    if is_booked:
        post_sale(sale=_sale(order, payment), origin=origin_at())


def _sale(order: Order, payment: Payment) -> Sale:
    return Sale(
        organization_id=order.organization_id,
        order_id=order.pk,
        payment_id=payment.pk,
        charge_id=payment.processor_id,
        presentment_currency=CURRENCY,
        presentment_amount=payment.amount,
        presentment_tax_amount=charged_tax(order, payment.amount),
        settlement_currency=CURRENCY,
        settlement_amount=payment.amount,
        settlement_fee=0,
        exchange_rate=None,
        available_at=NOW,
        card_country="US",
        method="card",
        is_subscription=False,
        used_3ds=False,
    )


def _facts(id: str, status: str, *, begun: Refund | None = None, **more: Any) -> RefundFacts:
    """What the processor reports: of a refund of ours, or of one made there."""
    total = begun.gross_amount if begun else more["total"]
    settlement = BalanceTransaction(
        id=f"txn_{id}",
        amount=-total,
        fee=0,
        net=-total,
        currency=CURRENCY,
        exchange_rate=None,
        available_at=NOW,
    )
    return RefundFacts(
        id=id,
        charge_id=begun.payment.processor_id if begun else more["charge"],
        intent_id=None,
        status=status,
        amount=total,
        currency=CURRENCY,
        reason="requested_by_customer",
        metadata={"refund_id": str(begun.pk)} if begun else {},
        settlement_id=settlement.id,
        settlement=settlement,
        created_at=NOW,
    )


def grant_benefit(order: Order) -> None:
    """Have a benefit granted by what was bought."""
    spy()
    if order.product is None:
        order.product = make_plan(order.organization)[0]
        order.save(update_fields=["product"])
    put_on(order.product, make_benefit(order.organization))
    align_order_benefits(order_id=order.pk, origin=origin_at())
    work_off(origin_at())


def benefits_task(order: Order) -> str | None:
    """What became of it."""
    is_lost = BenefitGrant.objects.filter(order_id=order.pk, revoked_at__isnull=False).exists()
    return "revoke" if is_lost else None
