"""Renewals that were not paid: steps of the schedule, retries, small amounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.events.models import Delivery
from apps.events.operations import deliver
from apps.notifications.models import Mail
from apps.orders.models import Order
from apps.orders.operations import acquire_payment_lock, pay_order
from apps.payments.declines import is_recoverable
from apps.payments.models import ChargeAttempt, Payment, PaymentMethod
from apps.payments.operations import (
    RetryWith,
    dispatch_collection,
    fail_charge_attempt,
    register_at_processor,
    retry_payment_as_customer,
    save_payment_method,
)
from apps.payments.selectors import scheduled_failure_count
from apps.processors.gateway import MethodFacts
from apps.subscriptions.dunning import has_access
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import revoke_subscriptions_of_organization
from apps.subscriptions.operations.dunning import (
    collect_new_order,
    handle_payment_failed,
    mark_active,
    retry_due_order,
)
from apps.subscriptions.operations.dunning import mark_past_due as mark
from apps.subscriptions.selectors import due_dunning_orders
from apps.wallets import operations as wallets
from apps.wallets.selectors import balance
from tests.cases.processor import processor
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.subscribing import (
    Watch,
    at,
    make_pending_order,
    make_row,
    moment,
    origin_at,
    renewing_organization,
    written,
)
from tests.cases.world import NOW

AREA = "dunning"
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# The state of a payment, as a state of the attempt that led to it.
_STATES = {"failed": "failed", "succeeded": "succeeded", "pending": "open"}
# The card that makes the processor answer so.
_CARDS = {
    "succeeded": "pm_card_visa",
    "failed": "pm_card_visa_chargeDeclined",
    "requires_action": "pm_card_threeDSecure2Required",
}


@adapter(AREA, db=True)
def payment_failed(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    last = (given.get("failed_payments") or [{}])[-1]
    handle_payment_failed(
        order_id=order.pk,
        trigger=when.get("trigger") or last.get("trigger") or "subscription_cycle",
        is_recoverable=is_recoverable(last.get("decline_reason")),
        origin=origin_at(at(when, NOW)),
    )
    return _state(order, given)


@adapter(AREA, db=True)
def count_dunning_failures(given: Facts, when: Facts) -> Facts:
    return {"count": scheduled_failure_count(_order(given).pk)}


@adapter(AREA, db=True)
def timeline(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    has_card = given.get("payment_method") and when.get("card") not in (None, "none", "missing")
    if not has_card:
        _drop_card(order.customer)
    now, tries = moment(when["start"]) or NOW, []
    collect_new_order(order_id=order.pk, origin=origin_at(now))
    while True:
        tries.append(written(now))
        for attempt in ChargeAttempt.objects.filter(order=order, status="open"):
            fail_charge_attempt(
                attempt_id=attempt.pk, code="generic_decline", message="No.", origin=origin_at(now)
            )
        order.refresh_from_db()
        if order.next_payment_attempt_at is None:
            return {"attempts": tries, "revoked_at": written(_subscription(order).ended_at)}
        now = order.next_payment_attempt_at
        retry_due_order(order_id=order.pk, origin=origin_at(now))


@adapter(AREA, db=True)
def renewal_order(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    collect_new_order(order_id=order.pk, origin=origin_at())
    return {**_state(order, given), **_attempted(order)}


@adapter(AREA, db=True)
def payment_succeeded(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    for _ in range(given.get("other_orders_in_dunning") or 0):
        other = make_pending_order(_subscription(order))
        Order.objects.filter(pk=other.pk).update(next_payment_attempt_at=NOW)
    pay_order(order_id=order.pk, origin=origin_at())
    return {"error": None, **_state(order, given)}


@adapter(AREA, db=True)
def process_due(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    due_at = at(when, order.next_payment_attempt_at or NOW)
    retry_due_order(order_id=order.pk, origin=origin_at(due_at))
    return {**_state(order, given), **_attempted(order)}


@adapter(AREA, db=True)
def due_for_dunning(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    return {"due": due_dunning_orders(at=at(when, NOW)).filter(pk=order.pk).exists()}


@adapter(AREA, db=True)
def customer_adds_card(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    saved = save_payment_method(
        customer=order.customer,
        method=MethodFacts(processor_id="pm_new", type="card"),
        is_default=True,
        origin=origin_at(at(when, NOW)),
    )
    _deliver_all(at(when, NOW))
    subscription = _subscription(order)
    return {
        **_attempted(order),
        "subscription_uses_new_card": subscription.payment_method_id == saved.pk,
    }


@adapter(AREA, db=True)
def customer_retry(given: Facts, when: Facts) -> Facts:
    order = _order(given)
    for _ in range(given.get("customer_retries") or 0):
        _attempt(order, {"trigger": "retry_customer", "status": "failed"})
    with processor() as sim:
        result = when.get("processor_result") or "succeeded"
        if result not in _CARDS:
            raise NotYet(f"a processor that answers {result}")
        Customer.objects.filter(pk=order.customer_id).update(processor_customer_id=None)
        register_at_processor(customer_id=order.customer_id, origin=origin_at())
        token = sim.client().v1.test_helpers.confirmation_tokens.create(
            {"payment_method": _CARDS[result]}
        )
        retry = retry_payment_as_customer(
            order_id=order.pk,
            chosen=RetryWith(confirmation_token_id=token.id, return_url="http://127.0.0.1/"),
            origin=origin_at(),
        )
    order.refresh_from_db()
    return {
        "error": None,
        "status": retry.status,
        "client_secret": bool(retry.client_secret) or None,
        "error_message": bool(retry.error) or None,
        # Whether the order is shut to another charge; being paid is the firmest lock.
        "payment_lock": order.payment_lock_acquired_at is not None or order.is_paid,
    }


@adapter(AREA)
def sync_benefits(given: Facts, when: Facts) -> Facts:
    hours = given.get("past_due_hours")
    past_due_at = None if hours is None else NOW - timedelta(hours=hours)
    settings = {"benefit_revocation_grace_period": given["grace_days"]}
    is_kept = has_access(given["subscription_status"], past_due_at, settings, at=NOW)
    return {"benefits_revoked": not is_kept}


@adapter(AREA, db=True)
def mark_past_due(given: Facts, when: Facts) -> Facts:
    return _marked(given, mark)


@adapter(AREA, op="mark_active", db=True)
def recover(given: Facts, when: Facts) -> Facts:
    if given.get("meter_interval"):
        raise NotYet("meters")
    return _marked(given, mark_active)


@adapter(AREA, db=True)
def cancel_for_organization(given: Facts, when: Facts) -> Facts:
    organization = renewing_organization()
    organization.status = given["organization_status"]
    organization.save(update_fields=["status"])
    for status in given["subscriptions"]:
        make_row({"status": status}, organization)
    count = 0
    while found := revoke_subscriptions_of_organization(
        organization_id=organization.pk, origin=origin_at()
    ):
        count += found
    _deliver_all(NOW)
    mails = Mail.objects.filter(organization=organization).exclude(status="suppressed")
    return {"canceled": count, "customer_emails": mails.count()}


@adapter(AREA, db=True)
def charge_order(given: Facts, when: Facts) -> Facts:
    facts = given["order"]
    order = _order({"subscription_status": "active"})
    order.currency = facts["currency"]
    order.subtotal_amount = order.net_amount = facts["total_amount"]
    order.applied_balance_amount = facts["applied_balance_amount"]
    order.save()
    if given.get("balance"):
        wallets.adjust_wallet(
            customer=order.customer,
            currency=order.currency,
            amount=given["balance"],
            note="before",
            origin=origin_at(),
        )
    attempt = dispatch_collection(
        order_id=order.pk, trigger=Payment.Trigger.SUBSCRIPTION_CYCLE, origin=origin_at()
    )
    order.refresh_from_db()
    return {
        "charged": attempt.request["amount"] if attempt else None,
        "order_status": str(order.status),
        "balance_after": balance(order.customer_id, order.currency),
    }


def _order(given: Facts) -> Order:
    """The order that `given` describes, with its subscription, card and earlier tries."""
    if given.get("billing_reason") == "subscription_meter_cycle":
        raise NotYet("meters")
    status = given.get("subscription_status")
    subscription = make_row({**given, "status": status or "active"})
    past_due_at = moment(given.get("past_due_at"))
    if past_due_at or status != "past_due":
        subscription.past_due_at = past_due_at
    card = _card(subscription.customer)
    subscription.payment_method = card
    subscription.save(update_fields=["past_due_at", "payment_method"])
    if "payment_method" in given and not given["payment_method"]:
        _drop_card(subscription.customer)
    order = make_pending_order(subscription)
    order.status = given.get("order_status") or "pending"
    order.paid_at = NOW if order.is_paid else None
    order.billing_reason = given.get("billing_reason") or order.billing_reason
    order.next_payment_attempt_at = moment(given.get("next_attempt_at"))
    order.subscription_id = (
        subscription.pk if status or "subscription_status" not in given else None
    )
    order.save()
    for row in given.get("failed_payments") or ():
        _attempt(order, row)
    if given.get("payment_lock"):
        acquire_payment_lock(order_id=order.pk, origin=origin_at(_LONG_AGO))
    return order


def _attempt(order: Order, row: Facts) -> None:
    ChargeAttempt.objects.create(
        created_at=order.created_at,
        organization=order.organization,
        order=order,
        kind=ChargeAttempt.Kind.COLLECT,
        trigger=row["trigger"],
        status=_STATES[row["status"]],
        failure_code=row.get("decline_reason") or "",
        key=new_id().hex,
        request={},
    )


def _card(customer: Customer) -> PaymentMethod:
    customer.processor_customer_id = f"cus_{new_id().hex}"
    customer.save(update_fields=["processor_customer_id"])
    card = MethodFacts(processor_id=f"pm_{new_id().hex}", type="card")
    saved = save_payment_method(customer=customer, method=card, origin=origin_at())
    Delivery.objects.all().delete()
    customer.refresh_from_db()
    return saved


def _drop_card(customer: Customer) -> None:
    Subscription.objects.filter(customer=customer).update(payment_method=None)
    Customer.objects.filter(pk=customer.pk).update(default_payment_method_id=None)


def _subscription(order: Order) -> Subscription:
    return Subscription.objects.get(pk=order.subscription_id)


def _state(order: Order, given: Facts) -> Facts:
    order.refresh_from_db()
    status = _subscription(order).status if order.subscription_id else None
    return {
        "next_attempt_at": written(order.next_payment_attempt_at),
        "has_next_attempt": order.next_payment_attempt_at is not None,
        "order_status": str(order.status),
        "payment_lock": order.payment_lock_acquired_at is not None,
        "subscription_status": status,
        "revoked": status == "canceled" and given.get("subscription_status") != "canceled",
    }


def _attempted(order: Order) -> Facts:
    """Whether the processor is being asked, and what for."""
    attempt = ChargeAttempt.objects.filter(order=order, status="open").first()
    return {
        "payment_attempted": attempt is not None,
        "trigger": attempt.trigger if attempt else None,
    }


def _marked(given: Facts, verb: Any) -> Facts:
    order = _order(given)
    subscription = lock_subscription(_subscription(order).pk)
    if given.get("ended"):
        subscription.ended_at = NOW
        subscription.save(update_fields=["ended_at"])
    watch = Watch(subscription)
    verb(subscription, order=order, origin=origin_at())
    facts = watch.facts()
    return {**facts, "subscription_status": facts["status"]}


def _deliver_all(now: datetime) -> None:
    for delivery in Delivery.objects.filter(done_at=None).order_by("id"):
        deliver(delivery_id=delivery.pk, origin=origin_at(now))
