"""Other products, seats and units through the SDK: paid at once, billed later, or waiting."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.origin import Door, system_origin
from apps.organizations.models import Organization
from apps.subscriptions.operations import cycle_subscription
from tests.journeys.changing import DECLINES_LATER, orders_of, organization, polar
from tests.support.changes import dearer_plan, subscriber_with
from tests.support.drafts import charges_of
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_plan, seat_price
from tests.support.tills import Till, till

__all__ = ["organization", "polar", "stripesim", "till"]


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
