"""Renewals that are charged, refused, tried again and given up, against the sandbox Stripe."""

from __future__ import annotations

from datetime import timedelta

import pytest

from apps.events.models import Event
from apps.orders.errors import PaymentAlreadyInProgress
from apps.orders.models import Order
from apps.orders.operations import acquire_payment_lock, release_stale_payment_locks, unvoid_order
from apps.organizations.operations import change_status, update_organization
from apps.payments.models import ChargeAttempt, Payment
from apps.payments.operations import collect_order
from apps.subscriptions.operations import collect_due_order
from apps.subscriptions.tasks import retry_due_orders_task
from tests.support.renewals import Renewal, requests_of
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]
pytestmark = pytest.mark.django_db(transaction=True)

CYCLE, DUNNING = "subscription_cycle", "retry_dunning"
DECLINE = "generic_decline"


class TestRenewal:
    def test_is_charged_and_booked_by_one_call(self, till: Till) -> None:
        renewal = Renewal.due(till)
        calls = requests_of(till, renewal.renew)

        assert calls == ["POST /v1/payment_intents"]
        renewal.require_one_charge()
        assert renewal.attempts == [(CYCLE, "succeeded", "")]
        payment = Payment.objects.get()
        assert (payment.trigger, payment.amount) == (CYCLE, 2000)

    def test_has_nothing_left_for_its_webhooks_to_do(self, till: Till) -> None:
        renewal = Renewal.due(till)
        renewal.renew()
        renewal.require_one_charge()
        before = Event.objects.count()
        calls = requests_of(till, renewal.settle)

        assert calls == []
        assert Event.objects.count() == before
        renewal.require_one_charge()

    def test_is_paid_by_a_webhook_that_comes_before_the_answer(self, till: Till) -> None:
        till.sim.control("faults", {"kind": "drop_after", "path": "/v1/payment_intents$"})
        renewal = Renewal.due(till)
        order = renewal.renew()
        assert renewal.attempts == [(CYCLE, "open", "")]
        renewal.settle()
        renewal.wait(minutes=5)
        assert order.pk == renewal.order.pk
        renewal.require_one_charge()
        assert renewal.status == "active"


class TestDecline:
    def test_makes_the_subscription_past_due_and_is_tried_in_two_days(self, till: Till) -> None:
        renewal = Renewal.due(till, "pm_card_chargeCustomerFail")
        order = renewal.renew()

        assert (order.status, order.payment_lock_acquired_at) == ("pending", None)
        assert renewal.status == "past_due"
        assert renewal.days_to_next_try == 2
        payment = Payment.objects.get()
        assert (payment.status, payment.decline_reason) == ("failed", DECLINE)
        told = Event.objects.get(type="subscription.past_due")
        assert told.payload["due_amount"] == 2000
        assert told.payload["next_payment_attempt_at"]

    def test_is_recorded_once_whoever_tells(self, till: Till) -> None:
        renewal = Renewal.due(till, "pm_card_chargeCustomerFail")
        renewal.renew()
        calls = requests_of(till, renewal.settle)

        assert calls == []
        assert Payment.objects.count() == 1
        assert renewal.events("order.payment_failed") == {"order.payment_failed": 1}
        assert renewal.days_to_next_try == 2

    def test_that_passes_is_recovered_from(self, till: Till) -> None:
        renewal = Renewal.due(till)
        renewal.decline_next()
        renewal.renew()
        assert renewal.status == "past_due"
        renewal.wait(days=1)
        assert len(renewal.attempts) == 1
        renewal.wait(days=1)

        assert renewal.status == "active"
        assert renewal.subscription.past_due_at is None
        assert renewal.attempts == [
            (CYCLE, "failed", "insufficient_funds"),
            (DUNNING, "succeeded", ""),
        ]
        renewal.require_one_charge()
        told = Event.objects.get(type="subscription.active")
        assert told.payload["is_recovered"] is True

    def test_for_good_revokes_at_the_end_of_the_schedule(self, till: Till) -> None:
        renewal = Renewal.due(till, "pm_card_chargeCustomerFail")
        renewal.renew()
        for days in (2, 5, 7):
            renewal.wait(days=days)
            assert renewal.status == "past_due"
        renewal.wait(days=7)

        assert renewal.status == "canceled"
        order = renewal.order
        assert (order.status, order.next_payment_attempt_at) == ("void", None)
        assert renewal.attempts == [(CYCLE, "failed", DECLINE)] + 4 * [(DUNNING, "failed", DECLINE)]
        assert renewal.events()["subscription.revoked"] == 1
        renewal.wait(days=30)
        assert len(renewal.attempts) == 5

    def test_is_left_to_whoever_is_charging_it(self, till: Till) -> None:
        """As the time machine finds it when a sweep was quicker: that is no failure."""
        renewal = Renewal.due(till)
        renewal.decline_next()
        order = renewal.renew()
        renewal.now += timedelta(days=2)
        acquire_payment_lock(order_id=order.pk, origin=renewal.origin())
        collect_due_order(order_id=order.pk, origin=renewal.origin())
        assert len(renewal.attempts) == 1

    def test_that_nothing_helps_against_is_tried_once_more(self, till: Till) -> None:
        renewal = Renewal.due(till)
        renewal.decline_next("stolen_card", 9)
        renewal.renew()
        renewal.wait(days=20)
        assert len(renewal.attempts) == 1
        renewal.wait(days=1, minutes=1)

        assert len(renewal.attempts) == 2
        assert renewal.status == "canceled"

    def test_for_want_of_authentication_keeps_to_the_schedule(self, till: Till) -> None:
        renewal = Renewal.due(till, "pm_card_authenticationRequired")
        renewal.renew()
        renewal.settle()

        assert renewal.status == "past_due"
        assert renewal.days_to_next_try == 2
        assert renewal.attempts == [(CYCLE, "failed", "authentication_required")]
        assert Payment.objects.count() == 1

    def test_of_a_detached_card_forgets_it(self, till: Till) -> None:
        renewal = Renewal.due(till)
        assert renewal.method is not None
        till.sim.client().v1.payment_methods.detach(renewal.method.processor_id)
        renewal.renew()

        renewal.method.refresh_from_db()
        assert renewal.method.deleted_at is not None
        assert renewal.status == "past_due"
        assert renewal.subscription.payment_method_id is None
        assert renewal.days_to_next_try == 2
        renewal.wait(days=2)
        assert [attempt[2] for attempt in renewal.attempts][1:] == ["missing_payment_method"]
        assert renewal.days_to_next_try == 5


class TestMissingMethod:
    def test_goes_through_the_same_schedule_at_once(self, till: Till) -> None:
        renewal = Renewal.due(till, None)
        calls = requests_of(till, renewal.renew)
        assert calls == []
        assert renewal.status == "past_due"
        assert not Payment.objects.exists()
        for days in (2, 5, 7):
            assert renewal.days_to_next_try == days
            renewal.wait(days=days)
        renewal.wait(days=7)
        assert renewal.status == "canceled"


class TestSeveralOrders:
    def test_keep_being_made_and_only_the_last_one_recovers(self, till: Till) -> None:
        renewal = Renewal.due(till)
        renewal.decline_next(count=2)
        first = renewal.renew()
        second = renewal.renew()
        assert first.pk != second.pk
        assert renewal.status == "past_due"
        Order.objects.filter(pk=second.pk).update(
            next_payment_attempt_at=renewal.now + timedelta(days=3)
        )
        renewal.wait(days=2)
        renewal.require_one_charge(first)
        assert renewal.status == "past_due"
        renewal.wait(days=1)
        renewal.require_one_charge(second)
        assert renewal.status == "active"


class TestSchedule:
    def test_is_the_organizations(self, till: Till) -> None:
        renewal = Renewal.due(till, "pm_card_chargeCustomerFail")
        update_organization(
            organization_id=till.merchant.organization.pk,
            changes={"subscription_settings": {"dunning_intervals": [1]}},
            origin=renewal.origin(),
        )
        renewal.renew()
        assert renewal.days_to_next_try == 1
        renewal.wait(days=1)
        assert renewal.status == "canceled"

    def test_stands_still_while_the_organization_may_not_renew(self, till: Till) -> None:
        renewal = Renewal.due(till, "pm_card_chargeCustomerFail")
        renewal.renew()
        organization = till.merchant.organization
        for status in ("denied", "active"):
            change_status(
                organization_id=organization.pk,
                to=status,
                origin=renewal.origin().because("Under review for a while."),
            )
            renewal.wait(days=2)
            assert len(renewal.attempts) == (1 if status == "denied" else 2)

    def test_begins_when_the_organization_may_renew_again(self, till: Till) -> None:
        renewal = Renewal.due(till)
        order = renewal.order_only()
        organization = till.merchant.organization
        for status in ("denied", "active"):
            change_status(
                organization_id=organization.pk,
                to=status,
                origin=renewal.origin().because("Under review for a while."),
            )
            renewal.deliver()
            renewal.wait(minutes=5)
            assert len(renewal.attempts) == (0 if status == "denied" else 1)
        renewal.require_one_charge(order)

    def test_is_not_moved_by_a_lock_that_was_left_behind(self, till: Till) -> None:
        renewal = Renewal.due(till, "pm_card_chargeCustomerFail")
        renewal.renew()
        Order.objects.update(payment_lock_acquired_at=renewal.now)
        renewal.wait(days=2)
        assert len(renewal.attempts) == 1
        assert release_stale_payment_locks(origin=renewal.origin()) == 1
        assert renewal.days_to_next_try == 0
        renewal.sweep()
        assert len(renewal.attempts) == 2

    def test_is_not_taken_up_again_by_taking_back_a_void(self, till: Till) -> None:
        renewal = Renewal.due(till, "pm_card_chargeCustomerFail")
        renewal.renew()
        renewal.wait(days=22)
        renewal.wait(days=22)
        assert renewal.order.status == "void"
        unvoid_order(order_id=renewal.order.pk, origin=renewal.origin())
        renewal.wait(days=22)
        assert renewal.order.status == "pending"
        assert len(renewal.attempts) == 2


class TestLostAnswer:
    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500"])
    def test_blocks_the_next_try_until_the_outcome_is_known(self, till: Till, kind: str) -> None:
        renewal = Renewal.due(till)
        till.sim.control("deliveries/pause", {})
        rule = {"kind": kind, "method": "POST", "path": "/v1/payment_intents$"}
        till.sim.control("faults", rule)
        renewal.renew()
        attempt = ChargeAttempt.objects.get()
        assert attempt.status == "open"
        assert renewal.status == "active"

        # Even where the lock was taken for a stale one.
        Order.objects.update(next_payment_attempt_at=renewal.now, payment_lock_acquired_at=None)
        renewal.work(retry_due_orders_task)
        with pytest.raises(PaymentAlreadyInProgress):
            renewal.work(
                lambda: collect_order(
                    order_id=renewal.order.pk, trigger=DUNNING, origin=renewal.origin()
                )
            )
        assert ChargeAttempt.objects.count() == 1
        renewal.wait(minutes=5)
        assert ChargeAttempt.objects.count() == 1
        renewal.require_one_charge()
        till.sim.control("deliveries/resume", {})
        renewal.settle()
        renewal.require_one_charge()

    def test_to_a_processor_that_is_away_is_asked_for_later(self, till: Till) -> None:
        renewal = Renewal.due(till)
        rule = {"kind": "429", "method": "POST", "path": "/v1/payment_intents$"}
        till.sim.control("faults", rule)
        renewal.renew()
        assert renewal.attempts == [(CYCLE, "open", "")]
        assert renewal.status == "active"
        renewal.wait(minutes=5)
        renewal.require_one_charge()
        assert renewal.attempts == [(CYCLE, "succeeded", "")]
