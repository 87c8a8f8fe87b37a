"""
Disputes: what the processor and the provider of alerts tell, and what is conceded by itself.

Neither is asked: what they would answer is handed to the operations that take their answers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apps.disputes.conceding import DELAY, Concession, auto_accept_applies
from apps.disputes.models import Dispute
from apps.disputes.operations import Alert, plan_accept_dispute, record_alert, record_dispute
from apps.disputes.states import dispute_status
from apps.events.models import Delivery, Event
from apps.events.operations import deliver
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.orders.refunds import refundable
from apps.payments.models import Payment, Refund
from apps.processors.gateway import BalanceTransaction
from apps.processors.gateway.disputes import DisputeFacts
from apps.subscriptions.models import Subscription
from tests.cases.adapters.refunds import paid_order
from tests.cases.registry import Facts, adapter
from tests.cases.subscribing import make_row, renewing_organization
from tests.cases.world import NOW, make_customer, origin_at

AREA = "disputes"
CURRENCY = "usd"
FEE = 1500
NUMBER = "du_case"
ALERT = "alert_case"
# Nothing has left the processor for these.
UNTOUCHED = ("warning_needs_response", "warning_under_review", "warning_closed")
BOOKED = ("dispute", "dispute_reversal", "dispute_loss")


@adapter(AREA, db=True)
def processor_event(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    total = when.get("amount") or order.net_amount + order.tax_amount
    _prior(given, order, total)
    known = set(Entry.objects.values_list("pk", flat=True))
    refunds = Refund.objects.count()
    facts = _facts(
        order, when["processor_status"], total, is_free=bool(given.get("rapid_resolution"))
    )
    for _ in range(when.get("times") or 1):
        record_dispute(facts=facts, origin=origin_at())
        _deliver()
    return {
        **_state(),
        "ledger_booked": Entry.objects.filter(type__in=BOOKED).exclude(pk__in=known).exists(),
        "refund_created": Refund.objects.count() > refunds,
        "benefits_task": _access(),
        "subscription_status": Subscription.objects.values_list("status", flat=True).first(),
        "under_review_messages": Event.objects.filter(type="dispute.under_review").count(),
        "case_open": not Dispute.objects.get().is_closed,
    }


@adapter(AREA)
def map_status(given: Facts, when: Facts) -> Facts:
    return {"status": dispute_status(when["processor_status"])}


@adapter(AREA, db=True)
def alert(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    total = when.get("amount") or order.net_amount + order.tax_amount
    if given.get("processor_id"):
        record_dispute(facts=_facts(order, given["dispute_status"], total), origin=origin_at())
    elif given.get("dispute_status"):
        _warn(order, total, is_refunded=given["dispute_status"] == "prevented")
    _warn(order, total, is_refunded=when.get("refund_outcome") == "REFUNDED")
    return _state()


@adapter(AREA, db=True)
def accept(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    total = order.net_amount + order.tax_amount
    _prior(given, order, total)
    dispute = Dispute.objects.get()
    plan_accept_dispute(dispute_id=dispute.pk, origin=origin_at())
    # Which is what the processor makes of it.
    record_dispute(facts=_facts(order, "lost", total), origin=origin_at())
    return _state()


@adapter(AREA, op="auto_accept_applies")
def conceded(given: Facts, when: Facts) -> Facts:
    return {"applies": auto_accept_applies(_concession(given))}


@adapter(AREA)
def auto_accept_delay(given: Facts, when: Facts) -> Facts:
    return {"hours": DELAY.total_seconds() / 3600}


@adapter("refunds", db=True)
def refund_from_dispute(given: Facts, when: Facts) -> Facts:
    order = paid_order(given)
    contested = given["dispute"]
    total = contested.get("total") or contested["amount"] + (contested.get("tax_amount") or 0)
    record_dispute(facts=_facts(order, "lost", total, is_free=True), origin=origin_at())
    order.refresh_from_db()
    made = Refund.objects.get()
    left = refundable(order)
    return {
        "amount": made.amount,
        "tax_amount": made.tax_amount,
        "status": made.status,
        "reason": made.reason,
        "revoke_benefits": made.revoke_benefits,
        "order_status": order.status,
        "refunded_amount": order.refunded_amount,
        "refunded_tax_amount": order.refunded_tax_amount,
        "refundable_amount_after": left.amount,
        "refundable_tax_amount_after": left.tax_amount,
    }


def _order(given: Facts) -> Order:
    facts = dict(given.get("order") or {"total_amount": 1200})
    if "total_amount" in facts:
        facts = {"subtotal_amount": facts["total_amount"], "tax_amount": 0, **facts}
    order = paid_order({"order": facts})
    if given.get("subscription"):
        merchant = renewing_organization()
        subscription = make_row({}, merchant, make_customer(merchant))
        order.subscription_id = subscription.pk
        order.save(update_fields=["subscription_id"])
    return order


def _prior(given: Facts, order: Order, total: int) -> None:
    """The dispute as the case finds it, made as it would have come about."""
    status = given.get("dispute_status")
    if status is None:
        return
    if given.get("from_alert") or status == "early_warning":
        _warn(order, total, is_refunded=status == "prevented")
    elif status == "prevented":
        record_dispute(facts=_facts(order, "lost", total, is_free=True), origin=origin_at())
    else:
        record_dispute(facts=_facts(order, status, total), origin=origin_at())


def _warn(order: Order, total: int, *, is_refunded: bool) -> None:
    intent_id = Payment.objects.get(order=order).intent_id
    warned = Alert(
        id=ALERT, intent_id=intent_id, amount=total, currency=CURRENCY, is_refunded=is_refunded
    )
    record_alert(alert=warned, origin=origin_at())


def _state() -> Facts:
    dispute = Dispute.objects.get()
    return {
        "error": None,
        "status": dispute.status,
        "amount": dispute.amount,
        "tax_amount": dispute.tax_amount,
    }


def _access() -> str | None:
    """What becomes of the benefits of a one-time order; those of a subscription follow it."""
    told = Event.objects.filter(type__startswith="dispute.").order_by("-id")
    payloads = told.values_list("payload", flat=True)
    ended = next((one for one in payloads if one.get("access")), None)
    return ended["access"] if ended and not ended["subscription_id"] else None


def _deliver() -> None:
    for delivery in Delivery.objects.filter(handler="subscriptions.end_disputed", done_at=None):
        deliver(delivery_id=delivery.pk, origin=origin_at())


def _facts(order: Order, status: str, total: int, *, is_free: bool = False) -> DisputeFacts:
    withdrawn = () if status in UNTOUCHED else (_moved("out", -total, 0 if is_free else FEE),)
    return DisputeFacts(
        id=NUMBER,
        charge_id=Payment.objects.get(order=order).processor_id,
        status=status,
        amount=total,
        currency=CURRENCY,
        reason="fraudulent",
        withdrawals=withdrawn,
        reversals=(_moved("in", total, 0),) if status == "won" else (),
        created_at=NOW,
    )


def _moved(name: str, amount: int, fee: int) -> BalanceTransaction:
    return BalanceTransaction(
        id=f"txn_{name}",
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=CURRENCY,
        exchange_rate=None,
        available_at=NOW,
    )


def _concession(given: Facts) -> Concession:
    facts: dict[str, Any] = {
        "status": given["dispute_status"],
        "gross_amount": given["amount"] + (given.get("tax_amount") or 0),
        "exchange_rate": Decimal(str(given["exchange_rate"])),
        "threshold_amount": given["threshold"],
        "balance_amount": given["merchant_balance"],
        "is_enabled": given["disputes_enabled"] and given["auto_accept_enabled"],
        "has_alert": given["alert"],
        "has_reply": given["merchant_replied"],
    }
    return Concession(**facts)
