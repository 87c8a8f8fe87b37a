from datetime import timedelta
from typing import Any

import pytest

from apps.core.errors import ResourceUnavailable, ValidationFailed
from apps.core.jobs import keep_jobs
from apps.customers.operations import delete_customer
from apps.customers.selectors import living_customers
from apps.events.models import Delivery, Event
from apps.events.operations import deliver
from apps.events.operations.recording import WITHHELD
from apps.orders.models import Order
from apps.orders.operations import acquire_payment_lock, pay_order, release_payment_lock
from apps.organizations.models import Organization
from apps.organizations.operations import plan_change_status
from apps.subscriptions.errors import (
    AlreadyCanceledSubscription,
    BadRequest,
    CannotReinstateSubscription,
    SubscriptionLocked,
)
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations import (
    cancel_subscription,
    cycle_subscription,
    pause_subscription,
    reinstate_subscription,
    revoke_subscription,
    revoke_subscriptions_of_organization,
    uncancel_subscription,
)
from apps.subscriptions.tasks import LOCKED_SECONDS, revoke_of_organization_task
from tests.support.changes import leave_change_open
from tests.support.subscribers import START, at, make_merchant, make_plan, make_subscription

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=3)
END = START.replace(month=2, day=28)


def wait_for_payment(subscription: Subscription) -> None:
    PendingUpdate.objects.create(
        created_at=START,
        organization=subscription.organization,
        subscription=subscription,
        timing=PendingUpdate.Timing.PAYMENT,
        applies_at=START,
    )


class TestCanceling:
    def test_ends_with_the_period_and_drops_a_planned_pause(self) -> None:
        subscription = make_subscription()
        pause_subscription(subscription_id=subscription.pk, origin=at(LATER))
        row = cancel_subscription(
            subscription_id=subscription.pk,
            reason="too_expensive",
            comment="I will miss it",
            origin=at(LATER),
        )
        assert (row.status, row.cancel_at_period_end, row.ends_at) == ("active", True, END)
        assert (row.canceled_at, row.pause_at_period_end) == (LATER, False)
        assert (row.cancellation_reason, row.ended_at) == ("too_expensive", None)
        event = Event.objects.get(type="subscription.canceled")
        assert event.changes["cancel_at_period_end"] == [False, True]

    def test_refuses_the_second_time_and_unknown_reasons(self) -> None:
        subscription = make_subscription()
        with pytest.raises(ValidationFailed):
            cancel_subscription(subscription_id=subscription.pk, reason="bored", origin=at(LATER))
        cancel_subscription(subscription_id=subscription.pk, origin=at(LATER))
        with pytest.raises(AlreadyCanceledSubscription) as refusal:
            cancel_subscription(subscription_id=subscription.pk, origin=at(LATER))
        assert refusal.value.status == 403

    def test_refuses_while_a_change_is_being_paid_for(self) -> None:
        subscription = make_subscription()
        wait_for_payment(subscription)
        for verb in (cancel_subscription, revoke_subscription, pause_subscription):
            with pytest.raises(SubscriptionLocked):
                verb(subscription_id=subscription.pk, origin=at(LATER))

    def test_the_end_comes_with_the_cycle_and_bills_only_what_is_left(self) -> None:
        subscription = make_subscription()
        cancel_subscription(subscription_id=subscription.pk, origin=at(LATER))
        row = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert (row.status, row.ended_at, row.current_period_end_at) == ("canceled", END, END)
        assert not Order.objects.filter(subscription_id=row.pk).exists()


class TestUncanceling:
    def test_takes_it_back(self) -> None:
        subscription = make_subscription()
        cancel_subscription(subscription_id=subscription.pk, reason="other", origin=at(LATER))
        row = uncancel_subscription(subscription_id=subscription.pk, origin=at(LATER))
        assert (row.cancel_at_period_end, row.ends_at, row.canceled_at) == (False, None, None)
        assert row.cancellation_reason is None
        with pytest.raises(BadRequest):
            uncancel_subscription(subscription_id=subscription.pk, origin=at(LATER))

    def test_refuses_one_that_has_ended(self) -> None:
        subscription = make_subscription()
        revoke_subscription(subscription_id=subscription.pk, origin=at(LATER))
        with pytest.raises(ResourceUnavailable):
            uncancel_subscription(subscription_id=subscription.pk, origin=at(LATER))


class TestRevoking:
    def test_ends_now_and_voids_what_is_open(self) -> None:
        subscription = make_subscription()
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        row = revoke_subscription(subscription_id=subscription.pk, origin=at(END))
        assert (row.status, row.ended_at, row.ends_at) == ("canceled", END, END)
        order = Order.objects.get(subscription_id=row.pk)
        assert order.status == "void"
        event = Event.objects.get(type="subscription.revoked")
        assert event.payload["voided_order_ids"] == [str(order.pk)]
        with pytest.raises(AlreadyCanceledSubscription):
            revoke_subscription(subscription_id=subscription.pk, origin=at(END))

    @pytest.mark.parametrize("is_paid", [True, False])
    def test_an_order_that_is_being_charged_is_settled_first(self, is_paid: bool) -> None:
        subscription = make_subscription()
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        order = Order.objects.get(subscription_id=subscription.pk)
        acquire_payment_lock(order_id=order.pk, origin=at(END))
        revoke_subscription(subscription_id=subscription.pk, origin=at(END))
        delivery = Delivery.objects.get(handler="subscriptions.void_orders")
        assert not deliver(delivery_id=delivery.pk, origin=at(END))
        order.refresh_from_db()
        assert order.status == "pending"
        if is_paid:
            pay_order(order_id=order.pk, origin=at(END))
        else:
            release_payment_lock(order_id=order.pk, origin=at(END))
        assert deliver(delivery_id=delivery.pk, origin=at(END))
        order.refresh_from_db()
        assert order.status == ("paid" if is_paid else "void")

    def test_a_change_that_waited_is_dropped(self) -> None:
        subscription = make_subscription()
        PendingUpdate.objects.create(
            created_at=START,
            organization=subscription.organization,
            subscription=subscription,
            applies_at=END,
            seats=3,
        )
        revoke_subscription(subscription_id=subscription.pk, origin=at(LATER))
        assert PendingUpdate.objects.get().discarded_at == LATER


class TestReinstating:
    def test_goes_on_in_the_period_that_was_cut_short(self) -> None:
        subscription = make_subscription()
        revoke_subscription(subscription_id=subscription.pk, reason="other", origin=at(LATER))
        row = reinstate_subscription(subscription_id=subscription.pk, origin=at(LATER))
        assert (row.status, row.ended_at, row.canceled_at) == ("active", None, None)
        assert (row.current_period_start_at, row.current_period_end_at) == (START, END)
        assert not Order.objects.filter(subscription_id=row.pk).exists()
        with pytest.raises(CannotReinstateSubscription):
            reinstate_subscription(subscription_id=subscription.pk, origin=at(LATER))

    def test_one_missed_renewal_is_skipped_and_two_are_too_many(self) -> None:
        subscription = make_subscription()
        revoke_subscription(subscription_id=subscription.pk, origin=at(LATER))
        with pytest.raises(CannotReinstateSubscription):
            reinstate_subscription(
                subscription_id=subscription.pk, origin=at(END + timedelta(days=31))
            )
        row = reinstate_subscription(
            subscription_id=subscription.pk, origin=at(END + timedelta(days=9))
        )
        assert row.current_period_start_at == END
        assert row.current_period_end_at == END.replace(month=3, day=31)

    def test_refuses_for_a_customer_who_is_gone(self) -> None:
        subscription = make_subscription()
        delete_customer(customer_id=subscription.customer_id, origin=at(LATER))
        with pytest.raises(CannotReinstateSubscription):
            reinstate_subscription(subscription_id=subscription.pk, origin=at(LATER))


class TestEndingTogether:
    def test_a_deleted_customer_pays_no_more(self) -> None:
        subscription = make_subscription()
        customer = living_customers(subscription.organization).get()
        delete_customer(customer_id=customer.pk, origin=at(LATER))
        subscription.refresh_from_db()
        assert (subscription.status, subscription.ended_at) == ("canceled", LATER)

    def test_a_shut_down_organization_ends_them_in_batches_and_tells_no_customer(self) -> None:
        merchant = make_merchant()
        plan = make_plan(merchant)
        for _ in range(3):
            make_subscription(merchant, plan=plan)
        other = make_subscription()
        origin = at(LATER)
        assert not revoke_subscriptions_of_organization(organization_id=merchant.pk, origin=origin)
        Organization.objects.filter(pk=merchant.pk).update(status="denied")
        ended = [
            revoke_subscriptions_of_organization(
                organization_id=merchant.pk, limit=2, origin=at(LATER)
            )
            for _ in range(3)
        ]
        assert ended == [2, 1, 0]
        events = Event.objects.filter(type="subscription.revoked")
        assert {event.payload["is_customer_told"] for event in events} == {False}
        other.refresh_from_db()
        assert other.status == "active"

    def test_a_change_that_is_being_paid_for_holds_up_no_other_end(
        self, django_capture_on_commit_callbacks: Any
    ) -> None:
        merchant = make_merchant()
        plan = make_plan(merchant)
        first, second = (make_subscription(merchant, plan=plan) for _ in range(2))
        update = leave_change_open(first)
        Organization.objects.filter(pk=merchant.pk).update(status="denied")

        def end_batch() -> int:
            return revoke_subscriptions_of_organization(
                organization_id=merchant.pk, origin=at(LATER)
            )

        assert end_batch() == 1
        second.refresh_from_db()
        assert second.status == "canceled"
        with pytest.raises(SubscriptionLocked):
            end_batch()
        with keep_jobs() as jobs, django_capture_on_commit_callbacks(execute=True):
            revoke_of_organization_task(organization_id=str(merchant.pk))
        assert [(job.name, job.countdown) for job in jobs] == [
            ("subscriptions.revoke_of_organization", LOCKED_SECONDS)
        ]
        PendingUpdate.objects.filter(pk=update.pk).update(discarded_at=LATER)
        assert end_batch() == 1
        assert end_batch() == 0

    def test_staff_are_told_before_a_merchant_leaves(self) -> None:
        merchant = make_subscription().organization
        Organization.objects.filter(pk=merchant.pk).update(status="offboarding")
        plan = plan_change_status(organization_id=merchant.pk, to="offboarded", origin=at(LATER))
        assert "In 7 days its subscriptions end; customers get no mail of it." in plan.effects
        assert "1 subscription to end." in plan.notes


class TestForgetting:
    def test_takes_the_customers_words_out_and_no_event_has_them(self) -> None:
        subscription = make_subscription()
        cancel_subscription(
            subscription_id=subscription.pk,
            reason="other",
            comment="I, Ada Lovelace, am moving to 12 Rue X",
            origin=at(LATER),
        )
        event = Event.objects.get(type="subscription.canceled")
        assert event.changes["cancellation_comment"] == [None, WITHHELD]
        delete_customer(customer_id=subscription.customer_id, anonymize=True, origin=at(LATER))
        subscription.refresh_from_db()
        assert (subscription.cancellation_reason, subscription.cancellation_comment) == (
            "other",
            None,
        )
        assert not [event for event in Event.objects.all() if "Lovelace" in str(event.changes)]
