"""Bodies of an update that are refused, and changes that wait for the outcome of a payment."""

from __future__ import annotations

from typing import Any

import pytest

from apps.organizations.models import Organization
from tests.journeys.changing import in_days, orders_of, organization, polar
from tests.support.changes import dearer_plan, leave_change_open, subscriber_with
from tests.support.drafts import charges_of
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_plan, seat_price
from tests.support.tills import Till, till

__all__ = ["organization", "polar", "stripesim", "till"]


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
