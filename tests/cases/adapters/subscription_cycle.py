"""Renewals, cancelling, pausing, resuming, reinstating, what the scheduler takes up."""

from collections.abc import Callable
from datetime import datetime, timedelta

from apps.catalog.models import Price
from apps.core.ids import new_id
from apps.customers.operations import delete_customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    FreeSubscription,
    cancel_pause,
    cancel_subscription,
    change_period_end,
    change_product,
    claim_due_subscriptions,
    create_free_subscription,
    cycle_subscription,
    pause_subscription,
    reinstate_subscription,
    resume_due_subscription,
    resume_subscription,
    revoke_subscription,
    uncancel_subscription,
    upgrade_subscription,
)
from apps.subscriptions.reminders import is_reminder_due, renewal_reminder_at
from apps.wallets.operations import adjust_wallet
from tests.cases.registry import Facts, adapter
from tests.cases.subscribing import (
    Watch,
    at,
    make_pending_order,
    make_product,
    make_row,
    moment,
    origin_at,
    renewing_organization,
    written,
)
from tests.cases.world import make_customer

AREA = "subscription_cycle"
CREDIT = 90_000_000


@adapter(AREA, db=True)
def cycle(given: Facts, when: Facts) -> Facts:
    return cycled(given, when)


def cycled(given: Facts, when: Facts) -> Facts:
    """Renew as often as asked, each time at the boundary."""
    subscription = make_row(given)
    watch = Watch(subscription)
    periods, kept = [], []
    for _ in range(when.get("times", 1)):
        row = cycle_subscription(
            subscription_id=subscription.pk,
            force=True,
            origin=origin_at(at(when, subscription.current_period_end_at)),
        )
        subscription = row
        periods.append([written(row.current_period_start_at), written(row.current_period_end_at)])
        kept.append(row.discount_id is not None)
    return {**watch.facts(), "periods": periods, "discount_kept_per_cycle": kept}


def _after(given: Facts, when: Facts, verb: Callable[[Subscription, datetime], object]) -> Facts:
    subscription = make_row(given)
    watch = Watch(subscription)
    verb(subscription, at(when, subscription.current_period_start_at))
    return watch.facts()


@adapter(AREA, db=True)
def cancel(given: Facts, when: Facts) -> Facts:
    subscription = make_row(given)
    orders = [make_pending_order(subscription) for _ in range(given.get("pending_orders", 0))]
    watch = Watch(subscription)
    origin = origin_at(at(when, subscription.current_period_start_at))
    cancel_subscription(subscription_id=subscription.pk, origin=origin)
    voided = Order.objects.filter(pk__in=[order.pk for order in orders], status="void")
    return {**watch.facts(), "voided_orders": voided.count()}


@adapter(AREA, db=True)
def revoke(given: Facts, when: Facts) -> Facts:
    subscription = make_row(given)
    order = make_pending_order(subscription)
    watch = Watch(subscription)
    origin = origin_at(at(when, subscription.current_period_start_at))
    revoke_subscription(subscription_id=subscription.pk, origin=origin)
    order.refresh_from_db()
    return {**watch.facts(), "void_pending_orders": order.status == Order.Status.VOID}


@adapter(AREA, db=True)
def uncancel(given: Facts, when: Facts) -> Facts:
    return _after(
        given,
        when,
        lambda row, at: uncancel_subscription(subscription_id=row.pk, origin=origin_at(at)),
    )


@adapter(AREA, db=True)
def reinstate(given: Facts, when: Facts) -> Facts:
    return _after(
        given,
        when,
        lambda row, at: reinstate_subscription(subscription_id=row.pk, origin=origin_at(at)),
    )


@adapter(AREA, db=True)
def pause(given: Facts, when: Facts) -> Facts:
    return _after(
        given,
        when,
        lambda row, at: pause_subscription(
            subscription_id=row.pk,
            resumes_at=moment(when.get("resumes_at")),
            origin=origin_at(at),
        ),
    )


@adapter(AREA, op="cancel_pause", db=True)
def drop_pause(given: Facts, when: Facts) -> Facts:
    return _after(
        given, when, lambda row, at: cancel_pause(subscription_id=row.pk, origin=origin_at(at))
    )


@adapter(AREA, db=True)
def resume(given: Facts, when: Facts) -> Facts:
    return _after(
        given,
        when,
        lambda row, at: resume_subscription(subscription_id=row.pk, origin=origin_at(at)),
    )


@adapter(AREA, db=True)
def resume_job(given: Facts, when: Facts) -> Facts:
    subscription = make_row(given)
    origin = origin_at(at(when, subscription.current_period_end_at))
    return {"resumed": resume_due_subscription(subscription_id=subscription.pk, origin=origin)}


@adapter(AREA, op="change_period_end", db=True)
def move_period_end(given: Facts, when: Facts) -> Facts:
    return _after(
        given,
        when,
        lambda row, at: change_period_end(
            subscription_id=row.pk,
            period_end_at=datetime.fromisoformat(when["new_period_end"]),
            origin=origin_at(at),
        ),
    )


@adapter(AREA)
def renewal_reminder_due(given: Facts, when: Facts) -> Facts:
    end = datetime.fromisoformat("2026-01-01T00:00:00Z")
    reminder = renewal_reminder_at(
        interval=given["interval"], count=given["interval_count"], period_end_at=end
    )
    now = end - timedelta(days=when["days_before_period_end"])
    is_due = is_reminder_due(reminder, event_at=end, at=now)
    return {"due": is_due and given["status"] == Subscription.Status.ACTIVE}


@adapter(AREA, db=True)
def create(given: Facts, when: Facts) -> Facts:
    organization = renewing_organization()
    is_recurring = given["product"].get("recurring", True)
    interval = given["product"].get("interval") or "month"
    product, _ = make_product(
        organization,
        given["product"]["prices"],
        recurring_interval=interval if is_recurring else None,
        recurring_interval_count=1 if is_recurring else None,
    )
    customer = make_customer(organization)
    subscription = create_free_subscription(
        organization=organization,
        data=FreeSubscription(product_id=product.pk, customer_id=customer.pk),
        origin=origin_at(),
    )
    customer.refresh_from_db()
    return {**Watch(subscription).facts(), "customer_type": str(customer.type)}


@adapter(AREA, db=True)
def upgrade_from_checkout(given: Facts, when: Facts) -> Facts:
    subscription = make_row({**given, "prices": given["product"]["prices"]})
    watch = Watch(subscription)
    product, prices = make_product(subscription.organization, [{"type": "fixed", "amount": 1000}])
    upgrade_subscription(
        subscription_id=subscription.pk,
        product=product,
        prices=prices,
        currency=Price.objects.get(product=product).currency,
        checkout_id=new_id(),
        metadata=when.get("checkout_metadata"),
        origin=origin_at(at(when, subscription.current_period_start_at)),
    )
    return watch.facts()


@adapter(AREA, db=True)
def change_product_then_cycle(given: Facts, when: Facts) -> Facts:
    subscription = make_row(given)
    organization = subscription.organization
    organization.feature_settings = {
        **organization.feature_settings,
        "reset_proration_behavior_enabled": True,
    }
    organization.save(update_fields=["feature_settings"])
    # What the change costs at once is taken from credit: nothing has to be charged here.
    adjust_wallet(
        customer=subscription.customer,
        currency="usd",
        amount=CREDIT,
        note="scenario",
        origin=origin_at(),
    )
    product, _ = make_product(
        organization,
        [{"type": "fixed", "amount": 2000}],
        recurring_interval=when.get("new_interval") or given.get("interval") or "month",
    )
    watch = Watch(subscription)
    change_product(
        subscription_id=subscription.pk,
        product_id=product.pk,
        behavior=when.get("behavior"),
        origin=origin_at(datetime.fromisoformat(when["change_at"])),
    )
    periods = []
    for _ in range(when.get("times", 1)):
        boundary_at = Subscription.objects.get(pk=subscription.pk).current_period_end_at
        row = cycle_subscription(subscription_id=subscription.pk, origin=origin_at(boundary_at))
        periods.append([written(row.current_period_start_at), written(row.current_period_end_at)])
    facts = watch.facts()
    return {**facts, "periods": periods, "entry_count": len(facts["entries"])}


@adapter(AREA, db=True)
def due_for_cycle(given: Facts, when: Facts) -> Facts:
    names = {}
    for index, row in enumerate(given["subscriptions"]):
        found = _waiting_row(row)
        if found is not None:
            names[found.pk] = row.get("id", row.get("name", index))
    now = datetime.fromisoformat(given["now"])
    claimed = set(claim_due_subscriptions(origin=origin_at(now)))
    return {"due": [name for subscription_id, name in names.items() if subscription_id in claimed]}


def _waiting_row(row: Facts) -> Subscription | None:
    """A subscription that a scheduler may find; None for one without a period, as ours all have."""
    end = row.get("period_end", row.get("current_period_end", ""))
    if end is None:
        return None
    if end and not row.get("period_start"):
        start = datetime.fromisoformat(end) - timedelta(days=30)
        row = {**row, "period_end": end, "period_start": written(start)}
    subscription = make_row(row)
    if row.get("customer_deleted"):
        delete_customer(customer_id=subscription.customer_id, origin=origin_at())
    if row.get("organization_deleted") or row.get("org_deleted"):
        rows = Organization.objects.filter(pk=subscription.organization_id)
        rows.update(deleted_at=origin_at().at)
    return subscription
