"""Previews of charges, over plain HTTP: what they say is what happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from apps.core.origin import Door, system_origin
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cycle_subscription
from tests.support.changes import dearer_plan, leave_change_open, subscriber_with
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_discount, make_plan, seat_price
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


@pytest.fixture
def http(till: Till) -> Iterator[httpx.Client]:
    with till.merchant.http() as client:
        yield client


@pytest.fixture
def organization(till: Till) -> Organization:
    return till.merchant.organization


def path(subscription: Subscription, what: str) -> str:
    return f"/v1/subscriptions/{subscription.pk}/{what}-preview"


def sums(facts: Any) -> list[int]:
    names = ("subtotal_amount", "discount_amount", "net_amount", "tax_amount", "total_amount")
    return [facts[name] if isinstance(facts, dict) else getattr(facts, name) for name in names]


class TestCharge:
    def test_is_the_next_order(
        self, http: httpx.Client, till: Till, organization: Organization
    ) -> None:
        discount = make_discount(organization, 2500, duration="forever")
        subscription = subscriber_with(till, discount=discount)

        preview = http.get(path(subscription, "charge")).json()
        cycle_subscription(
            subscription_id=subscription.pk, force=True, origin=system_origin(Door.COMMAND)
        )

        order = Order.objects.get(subscription_id=subscription.pk)
        assert sums(preview) == sums(order)
        assert preview["due_amount"] == preview["charged_amount"] == order.due_amount > 0
        assert (preview["base_amount"], preview["proration_amount"]) == (1000, 0)
        at = datetime.fromisoformat(preview["at"])
        assert at == subscription.current_period_end_at
        [item] = preview["items"]
        assert (item["amount"], item["proration"]) == (1000, False)


class TestChange:
    def test_says_what_is_charged_at_once(
        self, http: httpx.Client, till: Till, organization: Organization
    ) -> None:
        subscription = subscriber_with(till)
        yearly = dearer_plan(organization, interval="year")
        body = {"product_id": str(yearly.pk), "proration_behavior": "invoice"}

        preview = http.post(path(subscription, "change"), json=body).json()

        assert Order.objects.filter(subscription_id=subscription.pk).count() == 0
        assert preview["amount"] == 9000
        assert [item["proration"] for item in preview["charge"]["items"]] == [True, True]
        assert preview["charge"]["total_amount"] == preview["difference"]["total_amount"]
        assert preview["next_charge"]["base_amount"] == 9000
        start = datetime.fromisoformat(preview["current_period_start"])
        assert datetime.now(UTC) - start < timedelta(minutes=5)

    def test_of_seats(self, http: httpx.Client, till: Till, organization: Organization) -> None:
        plan = make_plan(organization, prices=[seat_price(700)])
        subscription = subscriber_with(till, plan=plan, seats=2)

        later = {"seats": 4, "proration_behavior": "next_period"}
        waits = http.post(path(subscription, "change"), json=later).json()
        next_order = http.post(
            path(subscription, "change"), json={"seats": 4, "proration_behavior": "prorate"}
        ).json()

        assert (waits["charge"], waits["difference"]["items"]) == (None, [])
        assert waits["next_charge"]["subtotal_amount"] == 2800
        assert next_order["charge"] is None
        assert next_order["difference"]["subtotal_amount"] > 0
        assert next_order["next_charge"]["subtotal_amount"] > 2800

    def test_refuses_what_the_change_would(
        self, http: httpx.Client, till: Till, organization: Organization
    ) -> None:
        subscription = subscriber_with(till, None)
        product = {"product_id": str(dearer_plan(organization).pk)}
        for body in (
            {},
            {"seats": 2},
            {"units": 2},
            {"seats": 2, "units": 2},
            {"product_id": str(uuid4())},
            {"discount_id": None},
            {**product, "discount_id": str(uuid4())},
            {**product, "proration_behavior": "reset"},
            {**product, "trial_end": "now"},
        ):
            assert http.post(path(subscription, "change"), json=body).status_code == 422, body
        leave_change_open(subscription)
        locked = http.post(path(subscription, "change"), json=product)
        assert (locked.status_code, locked.json()["error"]) == (409, "SubscriptionLocked")


class TestEnd:
    def test_says_what_is_still_billed(
        self, http: httpx.Client, till: Till, organization: Organization
    ) -> None:
        subscription = subscriber_with(till)
        change = {
            "product_id": str(dearer_plan(organization).pk),
            "proration_behavior": "prorate",
        }
        http.patch(f"/v1/subscriptions/{subscription.pk}", json=change)

        preview = http.get(path(subscription, "cancel")).json()

        assert datetime.fromisoformat(preview["ends_at"]) == subscription.current_period_end_at
        assert [item["proration"] for item in preview["charge"]["items"]] == [True, True]
        assert preview["voided_orders"] == []

    def test_says_what_is_given_up(self, http: httpx.Client, till: Till) -> None:
        subscription = subscriber_with(till, None)
        cycle_subscription(
            subscription_id=subscription.pk, force=True, origin=system_origin(Door.COMMAND)
        )

        answer = http.get(path(subscription, "cancel"), params={"immediately": "true"})

        [order] = answer.json()["voided_orders"]
        assert order["due_amount"] > 0 and answer.json()["charge"] is None
        assert order["id"] == str(Order.objects.get(subscription_id=subscription.pk).pk)
