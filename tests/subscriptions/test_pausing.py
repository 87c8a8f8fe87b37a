from datetime import UTC, datetime, timedelta

import pytest

from apps.core.errors import ValidationFailed
from apps.customers.operations import delete_customer
from apps.events.models import Event
from apps.orders.models import Order
from apps.orders.operations import pay_order, void_order
from apps.payments.errors import OrganizationNotReadyForPayments
from apps.subscriptions.errors import (
    AlreadyCanceledSubscription,
    CannotPauseSubscription,
    InactiveSubscription,
    NoScheduledPause,
    NotPausedSubscription,
)
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations import (
    cancel_pause,
    cancel_subscription,
    change_period_end,
    change_seats,
    cycle_subscription,
    pause_subscription,
    resume_due_subscription,
    resume_subscription,
    set_trial_end,
)
from apps.subscriptions.operations.dunning import mark_past_due
from apps.subscriptions.operations.previewing import preview_charge
from tests.support.changes import forbid_renewals
from tests.support.subscribers import (
    START,
    at,
    make_discount,
    make_merchant,
    make_plan,
    make_subscription,
    seat_price,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = START + 3 * DAY
END = START.replace(month=2, day=28)
BACK = END + 20 * DAY


def paused() -> Subscription:
    subscription = make_subscription()
    pause_subscription(subscription_id=subscription.pk, resumes_at=BACK, origin=at(LATER))
    return cycle_subscription(subscription_id=subscription.pk, origin=at(END))


def paused_past_due() -> tuple[Subscription, Order]:
    """One whose renewal was not paid, paused with an order that is still tried."""
    subscription = make_subscription()
    pause_subscription(subscription_id=subscription.pk, origin=at(LATER))
    order = create_order_of(subscription, retry_at=BACK)
    row = lock_subscription(subscription.pk)
    mark_past_due(row, order=order, origin=at(LATER))
    return cycle_subscription(subscription_id=subscription.pk, origin=at(END)), order


def create_order_of(subscription: Subscription, *, retry_at: datetime) -> Order:
    """An unpaid order that is to be tried again."""
    order = Order.objects.create(
        created_at=START,
        organization=subscription.organization,
        customer=subscription.customer,
        product=subscription.product,
        subscription_id=subscription.pk,
        status="pending",
        billing_reason="subscription_cycle",
        currency="usd",
        subtotal_amount=1000,
        discount_amount=0,
        net_amount=1000,
        tax_amount=0,
    )
    Order.objects.filter(pk=order.pk).update(next_payment_attempt_at=retry_at)
    return order


class TestPastDue:
    def test_is_over_when_what_was_owed_is_paid_during_the_pause(self) -> None:
        row, order = paused_past_due()
        assert (row.status, row.past_due_at) == ("paused", LATER)
        pay_order(order_id=order.pk, origin=at(END + DAY))
        row.refresh_from_db()
        assert (row.status, row.past_due_at) == ("paused", None)
        row = resume_subscription(subscription_id=row.pk, origin=at(BACK))
        assert (row.status, row.past_due_at) == ("active", None)

    def test_is_over_when_what_was_owed_is_given_up_during_the_pause(self) -> None:
        row, order = paused_past_due()
        void_order(order_id=order.pk, origin=at(END + DAY))
        row = resume_subscription(subscription_id=row.pk, origin=at(BACK))
        assert (row.status, row.past_due_at) == ("active", None)

    def test_goes_on_after_the_pause_for_what_is_still_tried(self) -> None:
        row, order = paused_past_due()
        row = resume_subscription(subscription_id=row.pk, origin=at(BACK))
        assert (row.status, row.past_due_at) == ("active", LATER)
        pay_order(order_id=order.pk, origin=at(BACK + DAY))
        row.refresh_from_db()
        assert row.past_due_at is None


class TestNotResuming:
    def test_for_a_customer_who_is_gone(self) -> None:
        row = paused()
        delete_customer(customer_id=row.customer_id, origin=at(END))
        with pytest.raises(NotPausedSubscription):
            resume_subscription(subscription_id=row.pk, origin=at(BACK))
        assert not resume_due_subscription(subscription_id=row.pk, origin=at(BACK))

    def test_where_the_organization_may_not_renew(self) -> None:
        row = paused()
        forbid_renewals(row.organization)
        with pytest.raises(OrganizationNotReadyForPayments):
            resume_subscription(subscription_id=row.pk, origin=at(BACK))
        assert not resume_due_subscription(subscription_id=row.pk, origin=at(BACK))


class TestFarAhead:
    def test_no_end_is_moved_so_far_that_nothing_could_follow(self) -> None:
        subscription = make_subscription()
        last = datetime(9999, 12, 31, tzinfo=UTC)
        with pytest.raises(ValidationFailed):
            change_period_end(subscription_id=subscription.pk, period_end_at=last, origin=at(LATER))
        with pytest.raises(ValidationFailed):
            set_trial_end(subscription_id=subscription.pk, trial_end_at=last, origin=at(LATER))
        far = START.replace(year=2900)
        row = change_period_end(
            subscription_id=subscription.pk, period_end_at=far, origin=at(LATER)
        )
        assert preview_charge(subscription=row).at == far


class TestPausing:
    def test_begins_with_the_end_of_the_period_and_bills_nothing(self) -> None:
        row = paused()
        assert (row.status, row.paused_at, row.resumes_at) == ("paused", END, BACK)
        assert not row.pause_at_period_end
        assert not Order.objects.filter(subscription_id=row.pk).exists()

    def test_refuses_twice_a_date_too_soon_and_one_that_ends(self) -> None:
        subscription = make_subscription()
        with pytest.raises(ValidationFailed):
            pause_subscription(subscription_id=subscription.pk, resumes_at=END, origin=at(LATER))
        pause_subscription(subscription_id=subscription.pk, origin=at(LATER))
        with pytest.raises(CannotPauseSubscription):
            pause_subscription(subscription_id=subscription.pk, origin=at(LATER))
        ending = make_subscription()
        cancel_subscription(subscription_id=ending.pk, origin=at(LATER))
        with pytest.raises(CannotPauseSubscription):
            pause_subscription(subscription_id=ending.pk, origin=at(LATER))

    def test_can_be_taken_back_once(self) -> None:
        subscription = make_subscription()
        pause_subscription(subscription_id=subscription.pk, resumes_at=BACK, origin=at(LATER))
        row = cancel_pause(subscription_id=subscription.pk, origin=at(LATER))
        assert (row.pause_at_period_end, row.resumes_at) == (False, None)
        with pytest.raises(NoScheduledPause):
            cancel_pause(subscription_id=subscription.pk, origin=at(LATER))


class TestResuming:
    def test_begins_a_period_now_and_bills_it(self) -> None:
        row = resume_subscription(subscription_id=paused().pk, origin=at(BACK))
        assert (row.status, row.paused_at, row.resumes_at) == ("active", None, None)
        assert (row.current_period_start_at, row.anchor_day) == (BACK, BACK.day)
        order = Order.objects.get(subscription_id=row.pk)
        assert (order.period_start_at, order.billing_reason) == (BACK, "subscription_cycle")
        with pytest.raises(NotPausedSubscription):
            resume_subscription(subscription_id=row.pk, origin=at(BACK))

    def test_makes_the_change_that_waited_for_the_next_period(self) -> None:
        merchant = make_merchant()
        plan = make_plan(merchant, prices=[seat_price(500)])
        row = make_subscription(merchant, plan=plan, seats=2)
        pause_subscription(subscription_id=row.pk, origin=at(LATER))
        change_seats(subscription_id=row.pk, seats=5, behavior="next_period", origin=at(LATER))
        paused = cycle_subscription(subscription_id=row.pk, origin=at(END))
        assert (paused.status, paused.seats) == ("paused", 2)
        row = resume_subscription(subscription_id=row.pk, origin=at(BACK))
        assert (row.seats, row.amount) == (5, 2500)
        assert Order.objects.get(subscription_id=row.pk).total_amount == 2500
        assert PendingUpdate.objects.get().applied_at == BACK

    def test_by_itself_only_on_its_date(self) -> None:
        row = paused()
        early = BACK - timedelta(seconds=1)
        assert not resume_due_subscription(subscription_id=row.pk, origin=at(early))
        assert resume_due_subscription(subscription_id=row.pk, origin=at(BACK))
        assert not resume_due_subscription(subscription_id=row.pk, origin=at(BACK))


class TestMovingTheTrial:
    def test_ending_it_now_bills_the_first_period(self) -> None:
        subscription = make_subscription(trial_end_at=START + timedelta(days=14))
        row = set_trial_end(subscription_id=subscription.pk, trial_end_at=None, origin=at(LATER))
        assert (row.status, row.trial_end_at, row.anchor_day) == ("active", LATER, LATER.day)
        order = Order.objects.get(subscription_id=row.pk)
        assert (order.billing_reason, order.period_start_at) == (
            "subscription_cycle_after_trial",
            LATER,
        )

    def test_can_end_the_moment_it_began(self) -> None:
        subscription = make_subscription(trial_end_at=START + timedelta(days=14))
        row = set_trial_end(subscription_id=subscription.pk, trial_end_at=None, origin=at(START))
        assert (row.status, row.anchor_day) == ("active", START.day)
        assert row.current_period_start_at == START + timedelta(microseconds=1)

    def test_a_discount_counts_from_the_first_period_that_is_billed(self) -> None:
        merchant = make_merchant()
        subscription = make_subscription(
            merchant,
            trial_end_at=START + timedelta(days=14),
            discount=make_discount(merchant, 10000),
        )
        assert subscription.discount_applied_at is None
        row = cycle_subscription(
            subscription_id=subscription.pk, origin=at(START + timedelta(days=14))
        )
        assert row.discount_applied_at == START + timedelta(days=14)
        order = Order.objects.get(subscription_id=row.pk)
        assert (order.status, order.discount_amount, order.total_amount) == ("paid", 1000, 0)
        row = cycle_subscription(subscription_id=row.pk, force=True, origin=at(END))
        assert (row.discount, row.amount) == (None, 1000)

    def test_an_active_one_goes_on_trial_with_what_waits(self) -> None:
        subscription = make_subscription()
        waiting = PendingUpdate.objects.create(
            created_at=START,
            organization=subscription.organization,
            subscription=subscription,
            applies_at=END,
            units=2,
        )
        row = set_trial_end(subscription_id=subscription.pk, trial_end_at=BACK, origin=at(LATER))
        assert (row.status, row.trial_start_at, row.trial_end_at) == ("trialing", LATER, BACK)
        assert row.current_period_end_at == BACK
        waiting.refresh_from_db()
        assert waiting.applies_at == BACK

    def test_a_pause_that_was_planned_comes_after_the_trial(self) -> None:
        subscription = make_subscription()
        pause_subscription(subscription_id=subscription.pk, origin=at(LATER))
        set_trial_end(subscription_id=subscription.pk, trial_end_at=BACK, origin=at(LATER))
        row = cycle_subscription(subscription_id=subscription.pk, origin=at(BACK))
        assert (row.status, row.paused_at) == ("paused", BACK)

    def test_refuses_one_that_ends_and_a_time_that_is_too_soon(self) -> None:
        subscription = make_subscription()
        with pytest.raises(ValidationFailed):
            set_trial_end(subscription_id=subscription.pk, trial_end_at=END, origin=at(LATER))
        cancel_subscription(subscription_id=subscription.pk, origin=at(LATER))
        with pytest.raises(AlreadyCanceledSubscription):
            set_trial_end(subscription_id=subscription.pk, trial_end_at=BACK, origin=at(LATER))


class TestMovingThePeriodEnd:
    def test_sets_the_anchor_and_bills_nothing(self) -> None:
        subscription = make_subscription()
        row = change_period_end(
            subscription_id=subscription.pk, period_end_at=BACK, origin=at(LATER)
        )
        assert (row.current_period_end_at, row.anchor_day) == (BACK, BACK.day)
        assert not Order.objects.filter(subscription_id=row.pk).exists()
        event = Event.objects.get(type="subscription.period_changed")
        assert event.changes["anchor_day"] == [31, BACK.day]

    def test_refuses_a_paused_one_and_the_past(self) -> None:
        with pytest.raises(InactiveSubscription):
            change_period_end(subscription_id=paused().pk, period_end_at=BACK, origin=at(END))
        with pytest.raises(ValidationFailed):
            change_period_end(
                subscription_id=make_subscription().pk, period_end_at=LATER, origin=at(LATER)
            )
