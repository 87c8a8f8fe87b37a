"""The lives of a handful of subscribers, lived through by moving the test clock."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from apps.core.clock import pinned, system_time
from apps.core.origin import Door, system_origin
from apps.core.timers import timers
from apps.events.models import Delivery
from apps.notifications.models import Mail
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import ChargeAttempt, Payment
from apps.processors.gateway.sandbox import SandboxClock
from apps.sandbox.models import ClockRun
from apps.sandbox.operations import run_clock, start_clock_run
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cancel_subscription, pause_subscription
from tests.support.books import broken_books
from tests.support.drafts import save_card
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_plan, make_subscriber, make_subscription
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
SPAN = timedelta(days=100)
GOOD, FAILING = "pm_card_visa", "pm_card_chargeCustomerFail"


def subscribe(till: Till, card: str, *, begun: datetime, **facts: Any) -> Subscription:
    """A customer with a card of this kind and a monthly subscription since `begun`."""
    organization = till.merchant.organization
    customer = make_subscriber(organization)
    method = save_card(till, customer, card)
    customer.refresh_from_db()
    plan = make_plan(organization, 2000, **facts.pop("plan", {}))
    return make_subscription(
        organization,
        moment=begun,
        plan=plan,
        customer=customer,
        payment_method=method,
        **facts,
    )


def advance(organization: Organization, span: timedelta) -> ClockRun:
    organization.refresh_from_db()
    origin = system_origin(Door.COMMAND, clock_offset=organization.clock_offset)
    run = start_clock_run(
        organization_id=organization.pk, span=span, in_background=False, origin=origin
    )
    return run_clock(run_id=run.pk, is_new=True, origin=origin)


def require_in_order(organization: Organization, since: datetime, until: datetime) -> None:
    """What must be true of any life: the books, one order per period, nothing left undone."""
    assert not broken_books()
    orders = Order.objects.filter(organization=organization)
    periods = Counter(orders.values_list("subscription_id", "period_start_at"))
    assert set(periods.values()) <= {1}
    for subscription in Subscription.objects.filter(organization=organization):
        rows = orders.filter(subscription_id=subscription.pk, period_start_at__isnull=False)
        bounds = list(
            rows.order_by("period_start_at").values_list("period_start_at", "period_end_at")
        )
        assert all(end <= start for (_, end), (start, _) in pairwise(bounds))
    for timer in timers():
        assert not list(timer.due(organization.pk, until)), timer.name
    assert not ChargeAttempt.objects.filter(status="open").exists()
    # No worker runs beside the test: what came before is still owed.
    assert not Delivery.objects.filter(done_at=None, event__at__gt=since).exists()
    paid = orders.filter(status="paid")
    for order in paid:
        assert Payment.objects.filter(order=order, status="succeeded").count() == (
            1 if order.due_amount else 0
        )
    assert not orders.exclude(status="pending").exclude(payment_lock_acquired_at=None).exists()


def test_lives_through_renewals_dunning_trials_pauses_and_ends(till: Till) -> None:
    organization = till.merchant.organization
    now = system_time()
    good = subscribe(till, GOOD, begun=now - 3 * DAY)
    failing = subscribe(till, FAILING, begun=now - 20 * DAY)
    ending = subscribe(till, GOOD, begun=now - 9 * DAY)
    trial = subscribe(till, GOOD, begun=now, trial_end_at=now + 14 * DAY)
    pausing = subscribe(till, GOOD, begun=now - 5 * DAY)
    with pinned(now):
        origin = system_origin(Door.COMMAND)
        cancel_subscription(subscription_id=ending.pk, origin=origin)
        pause_subscription(subscription_id=pausing.pk, resumes_at=now + 60 * DAY, origin=origin)

    run = advance(organization, SPAN)
    till.settle()

    assert (run.status, run.failure_count, run.failures) == ("done", 0, [])
    require_in_order(organization, run.from_at, run.to_at)
    statuses = dict(Subscription.objects.values_list("pk", "status"))
    assert statuses == {
        good.pk: "active",
        failing.pk: "canceled",
        ending.pk: "canceled",
        trial.pk: "active",
        pausing.pk: "active",
    }
    cycles = run.counts["subscriptions.cycle"]
    orders = Order.objects.filter(organization=organization)
    assert orders.filter(subscription_id=good.pk, status="paid").count() in (3, 4)
    assert orders.filter(subscription_id=trial.pk, status="paid").count() == 3
    assert orders.filter(subscription_id=failing.pk, status="void").count() >= 1
    assert cycles >= 3 + 3 + 1 + 1
    assert run.counts["subscriptions.resume"] == 1
    # Days 2, 7, 14 and 21 after the first try; the last failure ends it.
    assert run.counts["subscriptions.dunning"] == 4
    tried = ChargeAttempt.objects.filter(order__subscription_id=failing.pk)
    first = Order.objects.filter(subscription_id=failing.pk).earliest("created_at")
    moments = tried.filter(order=first).order_by("id").values_list("created_at", flat=True)
    days = [round((moment - first.created_at) / DAY) for moment in moments]
    assert days == [0, 2, 7, 14, 21]
    assert Mail.objects.filter(organization=organization).exists()
    assert (SandboxClock.read().now or run.from_at) >= run.to_at

    before = orders.count()
    again = advance(organization, 35 * DAY)
    till.settle()

    assert (again.from_at >= run.to_at, again.failure_count) == (True, 0)
    assert orders.count() >= before + 3
    require_in_order(organization, run.from_at, again.to_at)
    till.sim.control("clock/set", {})


def test_dates_what_it_does_by_the_test_clock_alone(till: Till) -> None:
    """Events of Stripe that tell what is known already move no date and leave nothing locked."""
    organization = till.merchant.organization
    failing = subscribe(till, FAILING, begun=system_time() - 25 * DAY)

    run = advance(organization, 40 * DAY)
    till.settle()

    order = Order.objects.filter(subscription_id=failing.pk).earliest("created_at")
    attempts = ChargeAttempt.objects.filter(order=order).order_by("id")
    moments = list(attempts.values_list("created_at", flat=True))
    assert [moment - moments[0] for moment in moments] == [n * DAY for n in (0, 2, 7, 14, 21)]
    paid = Payment.objects.filter(order=order).order_by("created_at")
    assert list(paid.values_list("created_at", flat=True)) == moments
    assert (order.status, order.payment_lock_acquired_at) == ("void", None)
    assert run.failure_count == 0
    till.sim.control("clock/set", {})
