"""Changes of subscriptions through the SDK: each body of an update, paid for or refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.core.origin import Door, system_origin
from apps.events.models import Event
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cycle_subscription
from tests.support.changes import dearer_plan, leave_change_open, subscriber_with
from tests.support.drafts import charges_of
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_discount, make_plan, seat_price
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

DAY = timedelta(days=1)
DECLINES_LATER = "pm_card_chargeCustomerFail"


@pytest.fixture
def polar(till: Till, version: str) -> Iterator[Any]:
    with till.merchant.polar(version) as client:
        yield client


@pytest.fixture
def organization(till: Till) -> Organization:
    return till.merchant.organization


def in_days(days: int) -> str:
    return (datetime.now(UTC) + days * DAY).isoformat()


def orders_of(subscription: Subscription) -> list[Order]:
    return list(Order.objects.filter(subscription_id=subscription.pk).order_by("id"))


class TestPaidAtOnce:
    def test_is_made_once_it_is_paid(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        subscription = subscriber_with(till)
        product = dearer_plan(organization)

        changed = polar.subscriptions.update(
            str(subscription.pk),
            product_id=str(product.pk),
            proration_behavior="invoice",
            metadata={"rank": "gold"},
        )

        assert (changed.product.name, changed.amount) == ("Dearer", 9000)
        assert changed.metadata == {"rank": "gold"}
        [order] = orders_of(subscription)
        assert order.is_paid and order.billing_reason == "subscription_update"
        assert len(charges_of(till, order)) == 1
        [shown] = polar.orders.list(subscription_id=changed.id).items
        assert [item.proration for item in shown.items] == [True, True]
        assert shown.due_amount > 0

    def test_is_not_made_where_the_card_is_declined(
        self, polar: Any, till: Till, organization: Organization, errors: Any
    ) -> None:
        subscription = subscriber_with(till, DECLINES_LATER)
        before = polar.subscriptions.get(str(subscription.pk))

        with pytest.raises(errors.SubscriptionsUpdate402Error) as refusal:
            polar.subscriptions.update(
                before.id,
                product_id=str(dearer_plan(organization).pk),
                proration_behavior="invoice",
                metadata={"rank": "gold"},
            )

        assert refusal.value.error.error == "PaymentFailed"
        assert polar.subscriptions.get(before.id) == before
        assert polar.orders.list(subscription_id=before.id).items == []

    def test_of_seats(self, polar: Any, till: Till, organization: Organization) -> None:
        plan = make_plan(organization, prices=[seat_price(700)])
        subscription = subscriber_with(till, plan=plan, seats=2)

        changed = polar.subscriptions.update(
            str(subscription.pk), seats=5, proration_behavior="invoice"
        )

        assert (changed.seats, changed.amount) == (5, 3500)
        [order] = polar.orders.list(subscription_id=changed.id).items
        assert order.paid and order.seats == 5

    def test_of_the_interval(self, polar: Any, till: Till, organization: Organization) -> None:
        subscription = subscriber_with(till)
        yearly = dearer_plan(organization, interval="year")

        changed = polar.subscriptions.update(str(subscription.pk), product_id=str(yearly.pk))

        assert changed.recurring_interval == "year"
        assert len(orders_of(subscription)) == 1

    def test_can_be_repeated_under_one_key(self, till: Till, organization: Organization) -> None:
        subscription = subscriber_with(till)
        body = {
            "product_id": str(dearer_plan(organization).pk),
            "proration_behavior": "invoice",
        }
        with till.merchant.http(**{"Idempotency-Key": "upgrade-1"}) as http:
            path = f"/v1/subscriptions/{subscription.pk}"
            first, second = (http.patch(path, json=body) for _ in range(2))

        assert first.status_code == second.status_code == 200
        assert first.content == second.content
        assert len(orders_of(subscription)) == 1


class TestLater:
    def test_waits_and_is_given_up(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        subscription = subscriber_with(till)
        product = dearer_plan(organization)

        waiting = polar.subscriptions.update(
            str(subscription.pk), product_id=str(product.pk), proration_behavior="next_period"
        )

        assert waiting.product.id == str(subscription.product_id)
        assert waiting.pending_update.product_id == str(product.pk)
        assert waiting.pending_update.applies_at == waiting.current_period_end
        assert polar.subscriptions.list().items[0].pending_update == waiting.pending_update
        cleared = polar.subscriptions.update(waiting.id, pending_update=None)
        assert cleared.pending_update is None

    def test_is_had_with_the_next_period(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        plan = make_plan(organization, prices=[seat_price(700)])
        subscription = subscriber_with(till, plan=plan, seats=2)
        polar.subscriptions.update(str(subscription.pk), seats=4, proration_behavior="next_period")

        cycle_subscription(
            subscription_id=subscription.pk, force=True, origin=system_origin(Door.COMMAND)
        )

        row = polar.subscriptions.get(str(subscription.pk))
        assert (row.seats, row.pending_update) == (4, None)

    def test_is_part_of_the_next_order(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        subscription = subscriber_with(till)

        changed = polar.subscriptions.update(
            str(subscription.pk),
            product_id=str(dearer_plan(organization).pk),
            proration_behavior="prorate",
        )

        assert changed.amount == 9000
        assert orders_of(subscription) == []


class TestUnits:
    def test_change(self, polar: Any, till: Till, organization: Organization) -> None:
        tiers = [{"minimum": 1, "maximum": 100, "unit_amount": "20"}]
        price = {"kind": "unit", "tier_type": "graduated", "tiers": tiers, "minimum_units": 5}
        subscription = subscriber_with(till, plan=make_plan(organization, prices=[price]))

        changed = polar.subscriptions.update(
            str(subscription.pk), units=9, proration_behavior="prorate"
        )

        assert (changed.units, changed.seats, changed.amount) == (9, None, 180)


class TestDiscount:
    def test_comes_and_goes(self, polar: Any, till: Till, organization: Organization) -> None:
        subscription = subscriber_with(till)
        discount = make_discount(organization, 2500, duration="forever")

        with_it = polar.subscriptions.update(str(subscription.pk), discount_id=str(discount.pk))
        assert (with_it.discount.basis_points, with_it.amount) == (2500, 750)
        assert [row.id for row in polar.subscriptions.list(discount_id=str(discount.pk)).items]

        without = polar.subscriptions.update(with_it.id, discount_id=None)
        assert (without.discount, without.amount) == (None, 1000)


class TestTrial:
    def test_begins_and_is_extended(self, polar: Any, till: Till) -> None:
        subscription = subscriber_with(till)

        on_trial = polar.subscriptions.update(str(subscription.pk), trial_end=in_days(40))
        assert on_trial.status == "trialing"
        assert on_trial.trial_end == on_trial.current_period_end

        longer = polar.subscriptions.update(on_trial.id, trial_end=in_days(50))
        assert longer.trial_end > on_trial.trial_end

    def test_ends_now_if_the_first_period_is_paid(self, polar: Any, till: Till) -> None:
        trial_end = datetime.now(UTC) + 5 * DAY
        discount = make_discount(till.merchant.organization, 5000)
        subscription = subscriber_with(till, trial_end_at=trial_end, discount=discount)

        ended = polar.subscriptions.update(str(subscription.pk), trial_end="now")

        assert (ended.status, ended.trial_end) == ("active", ended.current_period_start)
        assert ended.current_period_end > in_days(27)
        [order] = polar.orders.list(subscription_id=ended.id).items
        assert (order.paid, order.billing_reason) == (True, "subscription_cycle")
        assert (order.subtotal_amount, order.discount_amount) == (1000, 500)
        assert order.items[0].start_timestamp == ended.current_period_start
        assert order.items[0].proration is False
        [row] = orders_of(subscription)
        assert len(charges_of(till, row)) == 1
        events = Event.objects.filter(subject_id=ended.id).order_by("id")
        assert events.last().type == "subscription.cycled"
        assert events.last().payload["billing_reason"] == row.billing_reason
        assert row.billing_reason == "subscription_cycle_after_trial"

    def test_goes_on_where_the_card_is_declined(
        self, polar: Any, till: Till, organization: Organization, errors: Any
    ) -> None:
        trial_end = datetime.now(UTC) + 5 * DAY
        subscription = subscriber_with(till, DECLINES_LATER, trial_end_at=trial_end)
        before = polar.subscriptions.get(str(subscription.pk))
        product = str(dearer_plan(organization).pk)

        for body in ({}, {"metadata": {"a": 1}}, {"product_id": product}):
            with pytest.raises(errors.SubscriptionsUpdate402Error) as refusal:
                polar.subscriptions.update(before.id, trial_end="now", **body)
            assert refusal.value.error.error == "PaymentFailed"
            assert polar.subscriptions.get(before.id) == before
        assert polar.orders.list(subscription_id=before.id).items == []

    def test_ends_once_a_payment_of_unknown_outcome_is_known(
        self, polar: Any, till: Till, errors: Any
    ) -> None:
        trial_end = datetime.now(UTC) + 5 * DAY
        subscription = subscriber_with(till, trial_end_at=trial_end)
        id_ = str(subscription.pk)
        till.sim.control("faults", {"kind": "drop_after", "path": "/v1/payment_intents$"})
        with pytest.raises(errors.SubscriptionsUpdate409Error):
            polar.subscriptions.update(id_, trial_end="now")
        till.sim.control("faults", method="DELETE")
        cycle_subscription(
            subscription_id=subscription.pk, force=True, origin=system_origin(Door.COMMAND)
        )
        assert polar.subscriptions.get(id_).status == "trialing"

        till.settle_until(lambda: polar.subscriptions.get(id_).status == "active")

        [order] = orders_of(subscription)
        assert order.is_paid and len(charges_of(till, order)) == 1
        assert order.period_start_at == Subscription.objects.get(pk=id_).current_period_start_at

    def test_ends_now_with_another_product(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        trial_end = datetime.now(UTC) + 5 * DAY
        subscription = subscriber_with(till, trial_end_at=trial_end)
        yearly = dearer_plan(organization, interval="year")

        ended = polar.subscriptions.update(
            str(subscription.pk), product_id=str(yearly.pk), trial_end="now", metadata={"a": 1}
        )

        assert (ended.status, ended.amount, ended.metadata) == ("active", 9000, {"a": 1})
        assert ended.recurring_interval == "year" and ended.current_period_end > in_days(360)
        [order] = polar.orders.list(subscription_id=ended.id).items
        assert (order.paid, order.subtotal_amount) == (True, 9000)

    def test_does_not_end_where_there_is_none(self, polar: Any, till: Till, errors: Any) -> None:
        subscription = subscriber_with(till)
        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.subscriptions.update(str(subscription.pk), trial_end="now")
        assert refusal.value.error.detail[0].loc == ["body", "trial_end"]

    def test_goes_with_another_product(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        trial_end = datetime.now(UTC) + 5 * DAY
        subscription = subscriber_with(till, trial_end_at=trial_end)
        product = dearer_plan(organization, trial_interval="month", trial_interval_count=1)

        changed = polar.subscriptions.update(
            str(subscription.pk),
            product_id=str(product.pk),
            trial_end=in_days(60),
            metadata={"a": True},
        )

        assert (changed.status, changed.product.name) == ("trialing", "Dearer")
        assert changed.trial_end > in_days(55)
        assert changed.metadata == {"a": True}

    def test_is_all_or_nothing(
        self, polar: Any, till: Till, organization: Organization, errors: Any
    ) -> None:
        subscription = subscriber_with(till)
        before = polar.subscriptions.get(str(subscription.pk))
        product = str(dearer_plan(organization).pk)

        for body in (
            # The first is done already when the second is refused.
            {"proration_behavior": "prorate", "trial_end": in_days(-1)},
            {"proration_behavior": "invoice", "trial_end": in_days(60)},
            {"proration_behavior": "prorate", "metadata": {"k" * 41: 1}},
        ):
            with pytest.raises(errors.HTTPValidationError):
                polar.subscriptions.update(before.id, product_id=product, **body)
            assert polar.subscriptions.get(before.id) == before, body
        assert Order.objects.filter(subscription_id=subscription.pk).count() == 0


class TestPeriod:
    def test_ends_another_day(self, polar: Any, till: Till, errors: Any) -> None:
        subscription = subscriber_with(till)

        moved = polar.subscriptions.update(
            str(subscription.pk), current_billing_period_end="2099-03-05T00:00:00Z"
        )
        assert moved.current_period_end == "2099-03-05T00:00:00Z"

        with pytest.raises(errors.HTTPValidationError) as refusal:
            polar.subscriptions.update(moved.id, current_billing_period_end=in_days(-1))
        assert refusal.value.error.detail[0].loc == ["body", "current_billing_period_end"]


class TestEnd:
    def test_is_set_and_taken_back(self, polar: Any, till: Till) -> None:
        subscription = subscriber_with(till)

        ending = polar.subscriptions.update(
            str(subscription.pk),
            cancel_at_period_end=True,
            customer_cancellation_reason="too_expensive",
            customer_cancellation_comment="Too much.",
        )
        assert ending.cancel_at_period_end and ending.ends_at == ending.current_period_end
        assert ending.customer_cancellation_reason == "too_expensive"
        assert ending.customer_cancellation_comment == "Too much."

        kept = polar.subscriptions.update(ending.id, cancel_at_period_end=False)
        assert (kept.cancel_at_period_end, kept.ends_at) == (False, None)
        assert kept.customer_cancellation_reason is None

    def test_comes_at_once(self, polar: Any, till: Till) -> None:
        subscription = subscriber_with(till)

        ended = polar.subscriptions.update(
            str(subscription.pk), revoke=True, customer_cancellation_reason="other"
        )

        assert (ended.status, ended.customer_cancellation_reason) == ("canceled", "other")


class TestPause:
    def test_is_set_and_taken_back(self, polar: Any, till: Till, errors: Any) -> None:
        subscription = subscriber_with(till)
        id_ = str(subscription.pk)

        pausing = polar.subscriptions.update(id_, pause_at_period_end=True, resumes_at=in_days(90))
        assert pausing.pause_at_period_end and pausing.resumes_at is not None
        with pytest.raises(errors.HTTPValidationError):
            polar.subscriptions.update(id_, pause_at_period_end=True)

        kept = polar.subscriptions.update(id_, pause_at_period_end=False)
        assert (kept.pause_at_period_end, kept.resumes_at) == (False, None)
        with pytest.raises(errors.HTTPValidationError):
            polar.subscriptions.update(id_, pause_at_period_end=False)

    def test_ends_with_a_new_period(self, polar: Any, till: Till, errors: Any) -> None:
        subscription = subscriber_with(till)
        id_ = str(subscription.pk)
        with pytest.raises(errors.HTTPValidationError):
            polar.subscriptions.update(id_, resume=True)
        polar.subscriptions.update(id_, pause_at_period_end=True)
        cycle_subscription(
            subscription_id=subscription.pk, force=True, origin=system_origin(Door.COMMAND)
        )
        assert polar.subscriptions.get(id_).status == "paused"
        with pytest.raises(errors.SubscriptionsUpdate403Error) as refusal:
            polar.subscriptions.update(id_, pause_at_period_end=True)
        assert refusal.value.error.error == "InactiveSubscription"

        resumed = polar.subscriptions.update(id_, resume=True)

        assert (resumed.status, resumed.paused_at) == ("active", None)
        assert len(orders_of(subscription)) == 1


class TestEveryBody:
    @pytest.mark.parametrize(
        "body",
        [
            {"seats": 3, "metadata": {}},
            {"seats": 3, "units": 3},
            {"product_id": None, "cancel_at_period_end": True},
            {"cancel_at_period_end": True, "pause_at_period_end": True},
            {"revoke": True, "resume": True},
            {"pending_update": None, "discount_id": None},
            {"current_billing_period_end": "2099-01-01T00:00:00Z", "trial_end": "now"},
            {"colour": "red"},
            {"revoke": False},
            {"resume": False},
            {"pending_update": {}},
            {"seats": 0},
            {"seats": "3"},
            {"trial_end": "later"},
            {"proration_behavior": "never"},
            {"customer_cancellation_reason": "unused"},
            {"cancel_at_period_end": True, "customer_cancellation_reason": "boredom"},
        ],
        ids=str,
    )
    def test_is_strict(self, till: Till, body: dict[str, Any]) -> None:
        subscription = subscriber_with(till, None)
        path = f"/v1/subscriptions/{subscription.pk}"
        with till.merchant.http() as http:
            before = http.get(path).json()
            answer = http.patch(path, json=body)

            assert answer.status_code == 422, answer.text
            assert http.get(path).json() == before

    def test_refuses_seats_and_units_where_there_are_none(
        self, polar: Any, till: Till, errors: Any
    ) -> None:
        subscription = str(subscriber_with(till, None).pk)
        for name in ("seats", "units"):
            with pytest.raises(errors.HTTPValidationError) as refusal:
                polar.subscriptions.update(subscription, **{name: 3})
            assert refusal.value.error.detail[0].loc == ["body", name]

    def test_refuses_a_product_for_more_seats_than_there_are(
        self, polar: Any, till: Till, organization: Organization, errors: Any
    ) -> None:
        plan = make_plan(organization, prices=[seat_price(700)])
        subscription = str(subscriber_with(till, None, plan=plan, seats=2).pk)
        tiers = [{"minimum": 5, "maximum": 9, "unit_amount": "600"}]
        larger = {"kind": "seat", "tier_type": "volume", "tiers": tiers}
        product, _ = make_plan(organization, prices=[larger])

        for body, name in (
            ({"product_id": str(product.pk)}, "product_id"),
            ({"seats": 10**6, "proration_behavior": "reset"}, "proration_behavior"),
        ):
            with pytest.raises(errors.HTTPValidationError) as refusal:
                polar.subscriptions.update(subscription, **body)
            assert refusal.value.error.detail[0].loc == ["body", name]

    def test_waits_for_the_outcome_of_a_payment(
        self, polar: Any, till: Till, organization: Organization, errors: Any
    ) -> None:
        subscription = subscriber_with(till)
        leave_change_open(subscription)
        for body in (
            {"product_id": str(dearer_plan(organization).pk)},
            {"seats": 2},
            {"trial_end": in_days(60)},
            {"discount_id": None},
            {"cancel_at_period_end": True},
            {"pause_at_period_end": True},
            {"revoke": True},
            {"pending_update": None},
        ):
            with pytest.raises(errors.SubscriptionsUpdate409Error) as refusal:
                polar.subscriptions.update(str(subscription.pk), **body)
            assert refusal.value.error.error == "SubscriptionLocked", body
        assert polar.subscriptions.update(str(subscription.pk), metadata={"a": 1}).metadata

    def test_is_told_to_wait_when_the_answer_of_the_processor_is_lost(
        self, polar: Any, till: Till, organization: Organization, errors: Any
    ) -> None:
        subscription = subscriber_with(till)
        before = polar.subscriptions.get(str(subscription.pk))
        till.sim.control("faults", {"kind": "drop_after", "path": "/v1/payment_intents$"})

        with pytest.raises(errors.SubscriptionsUpdate409Error) as refusal:
            polar.subscriptions.update(
                before.id,
                product_id=str(dearer_plan(organization).pk),
                proration_behavior="invoice",
                metadata={"a": 1},
            )
        assert refusal.value.error.error == "SubscriptionLocked"
        assert polar.subscriptions.get(before.id) == before
        till.sim.control("faults", method="DELETE")

        till.settle_until(lambda: polar.subscriptions.get(before.id).product.name == "Dearer")

        changed = polar.subscriptions.get(before.id)
        assert (changed.amount, changed.metadata) == (9000, {"a": 1})
        [order] = orders_of(subscription)
        assert order.is_paid and len(charges_of(till, order)) == 1


class TestDiscountUses:
    def test_is_given_back_if_the_change_is_not_paid(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        subscription = subscriber_with(till, DECLINES_LATER)
        discount = make_discount(organization)
        with pytest.raises(Exception, match="declined"):
            polar.subscriptions.update(
                str(subscription.pk),
                product_id=str(dearer_plan(organization).pk),
                discount_id=str(discount.pk),
                proration_behavior="invoice",
            )
        discount.refresh_from_db()
        assert (discount.redemptions_count, discount.redemptions.count()) == (0, 0)

    def test_is_refused_at_its_place_in_the_request(
        self, polar: Any, till: Till, organization: Organization
    ) -> None:
        used_up = make_discount(organization, max_redemptions=1, redemptions_count=1)
        once_each = make_discount(organization, max_redemptions_per_customer=1)
        subscription = str(subscriber_with(till).pk)
        polar.subscriptions.update(subscription, discount_id=str(once_each.pk))
        polar.subscriptions.update(subscription, discount_id=None)
        for discount in (used_up, once_each):
            with pytest.raises(Exception, match="discount") as refusal:
                polar.subscriptions.update(subscription, discount_id=str(discount.pk))
            assert "HTTPValidationError" in type(refusal.value).__name__
        once_each.refresh_from_db()
        assert once_each.redemptions_count == 1
