"""Subscriptions through the SDK, in each of its versions."""

from __future__ import annotations

import csv
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from polar.v2027_01 import outputs

from apps.core.origin import Door, system_origin
from apps.discounts.models import Discount
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cycle_subscription
from tests.support.drafts import make_buyer
from tests.support.merchants import Merchant
from tests.support.subscribers import make_plan, make_subscription, seat_price

DAY = timedelta(days=1)


def subscribe(merchant: Merchant, amount: int = 1000, **facts: Any) -> Subscription:
    """A subscription that began ten days ago, to a plan of its own."""
    values = {"moment": datetime.now(UTC) - 10 * DAY, **facts}
    return make_subscription(merchant.organization, amount, **values)


def free_plan(polar: Any, **more: Any) -> Any:
    price = {"amount_type": "fixed", "price_amount": 0, "price_currency": "usd"}
    facts = {"name": "Community", "prices": [price], "recurring_interval": "month"}
    return polar.products.create(**{**facts, **more})


class TestCreateSubscription:
    def test_to_something_free(self, polar: Any, merchant: Merchant) -> None:
        product, buyer = free_plan(polar), make_buyer(merchant.organization)

        made = polar.subscriptions.create(
            product_id=product.id, customer_id=str(buyer.pk), metadata={"plan": 1}
        )

        assert (made.status, made.amount, made.currency) == ("active", 0, "usd")
        assert made.metadata == {"plan": 1}
        assert made.product.id == made.product_id == product.id
        assert made.product.prices[0].price_amount == 0
        assert made.customer.id == made.customer_id == str(buyer.pk)
        assert [price.id for price in made.prices] == [product.prices[0].id]
        assert (made.meters, made.pending_update, made.discount) == ([], None, None)
        assert polar.subscriptions.get(made.id) == made
        assert polar.orders.list().items == []

    def test_of_a_customer_by_the_merchants_id(self, polar: Any, merchant: Merchant) -> None:
        buyer = make_buyer(merchant.organization)

        made = polar.subscriptions.create(
            product_id=free_plan(polar).id, external_customer_id=buyer.external_id
        )

        assert made.customer.external_id == buyer.external_id

    def test_refuses_what_costs_and_what_is_not_there(
        self, polar: Any, merchant: Merchant, errors: Any
    ) -> None:
        buyer = str(make_buyer(merchant.organization).pk)
        price = {"amount_type": "fixed", "price_amount": 900, "price_currency": "usd"}
        paid = free_plan(polar, prices=[price]).id
        once = free_plan(polar, recurring_interval=None).id
        free = free_plan(polar).id

        def refused(**body: Any) -> Any:
            with pytest.raises(errors.HTTPValidationError) as refusal:
                polar.subscriptions.create(**body)
            return refusal.value.error.detail[0].loc

        assert refused(product_id=paid, customer_id=buyer) == ["body", "product_id"]
        assert refused(product_id=once, customer_id=buyer) == ["body", "product_id"]
        assert refused(product_id=str(uuid4()), customer_id=buyer) == ["body", "product_id"]
        assert refused(product_id=free, customer_id=str(uuid4())) == ["body", "customer_id"]
        assert refused(product_id=free) == ["body", "customer_id"]
        assert refused(product_id=free, external_customer_id="nobody") == [
            "body",
            "external_customer_id",
        ]
        assert refused(product_id=free, customer_id=buyer, external_customer_id="x") == [
            "body",
            "external_customer_id",
        ]


class TestListSubscriptions:
    def test_filters_and_sorts(self, polar: Any, merchant: Merchant) -> None:
        now = datetime.now(UTC)
        cheap = subscribe(merchant, 500, metadata={"a": "1"}, moment=now - 3 * DAY)
        dear = subscribe(merchant, 900, metadata={"a": "2"}, moment=now - 5 * DAY)
        polar.subscriptions.update(
            str(dear.pk), cancel_at_period_end=True, customer_cancellation_reason="unused"
        )
        one, two = str(cheap.pk), str(dear.pk)

        def ids(**query: Any) -> list[str]:
            return [row.id for row in polar.subscriptions.list(**query).items]

        assert ids() == [one, two]
        for field in ("started_at", "-amount", "current_period_end", "ends_at"):
            assert ids(sorting=[field])[-1] == one, field
        for field in ("customer", "status", "ended_at", "product", "discount"):
            assert sorted(ids(sorting=[field, "amount"])) == sorted([one, two]), field
        assert ids(product_id=str(cheap.product_id)) == [one]
        assert ids(product_id=[str(cheap.product_id), str(dear.product_id)]) == [one, two]
        assert ids(customer_id=str(dear.customer_id)) == [two]
        assert ids(external_customer_id="nobody") == []
        assert ids(discount_id=str(uuid4())) == []
        assert ids(organization_id=str(merchant.organization.pk)) == [one, two]
        assert ids(organization_id=str(uuid4())) == []
        assert ids(active=True) == [one, two]
        assert ids(active=False) == []
        assert ids(status=["active", "trialing"]) == [one, two]
        assert ids(status="incomplete") == []
        assert ids(cancel_at_period_end=True) == [two]
        assert ids(cancel_at_period_end=False) == [one]
        assert ids(customer_cancellation_reason=["unused", "other"]) == [two]
        assert ids(canceled_at_after=(now - DAY).isoformat()) == [two]
        assert ids(canceled_at_before=(now - DAY).isoformat()) == []
        assert ids(started_after=(now - 4 * DAY).isoformat()) == [one]
        assert ids(started_before=(now - 4 * DAY).isoformat()) == [two]
        assert ids(metadata={"a": "1"}) == [one]
        assert ids(metadata={"a": ["1", "2"]}) == [one, two]
        assert len(list(polar.subscriptions.iter_list(limit=1))) == 2
        page = polar.subscriptions.list(limit=1)
        assert (page.pagination.total_count, page.pagination.max_page) == (2, 2)

    def test_refuses_what_it_does_not_know(self, polar: Any, errors: Any) -> None:
        for query in (
            {"sorting": ["size"]},
            {"status": "lost"},
            {"customer_cancellation_reason": "boredom"},
            {"started_after": "now"},
        ):
            with pytest.raises(errors.HTTPValidationError):
                polar.subscriptions.list(**query)

    def test_is_how_customers_are_active(self, polar: Any, merchant: Merchant) -> None:
        subscription = subscribe(merchant)
        idle = make_buyer(merchant.organization)

        def ids(*, active: bool) -> list[str]:
            return [row.id for row in polar.customers.list(active=active).items]

        assert ids(active=True) == [str(subscription.customer_id)]
        assert ids(active=False) == [str(idle.pk)]
        polar.subscriptions.revoke(str(subscription.pk))
        assert ids(active=True) == []


class TestGetSubscription:
    def test_gives_every_field(self, polar: Any, merchant: Merchant) -> None:
        plan = make_plan(
            merchant.organization,
            prices=[{"kind": "fixed", "fixed_amount": 1000}, seat_price(500)],
        )
        discount = Discount.objects.create(
            created_at=datetime.now(UTC),
            organization=merchant.organization,
            name="Half",
            type="percentage",
            basis_points=5000,
            duration="forever",
        )
        made = subscribe(merchant, plan=plan, seats=3, discount=discount)

        row = polar.subscriptions.get(str(made.pk))

        assert (row.seats, row.units, row.amount) == (3, None, 1250)
        assert (row.recurring_interval, row.recurring_interval_count) == ("month", 1)
        assert [price.amount_type for price in row.prices] == ["fixed", "seat_based"]
        assert row.discount.name == "Half" and row.discount_id == str(discount.pk)
        assert row.customer.type == "team"
        assert row.current_meter_period_start is None
        assert row.started_at == row.current_period_start
        assert row.product.is_deletable is False

    def test_keeps_the_price_that_was_agreed(self, polar: Any, merchant: Merchant) -> None:
        made = subscribe(merchant, 1000)
        price = {"amount_type": "fixed", "price_amount": 3000, "price_currency": "usd"}
        polar.products.update(str(made.product_id), prices=[price])

        row = polar.subscriptions.get(str(made.pk))

        assert [price.price_amount for price in row.prices] == [1000]
        assert [price.price_amount for price in row.product.prices] == [3000]
        assert row.amount == 1000

    def test_hides_others(self, polar: Any, merchant: Merchant, stranger: Merchant) -> None:
        made = str(subscribe(merchant).pk)
        with stranger.polar() as other:
            from polar.v2026_04 import errors as own

            with pytest.raises(own.ResourceNotFound):
                other.subscriptions.get(made)
            with pytest.raises(own.ResourceNotFound):
                other.subscriptions.revoke(made)
            with pytest.raises(own.ResourceNotFound):
                other.subscriptions.update(made, seats=2)
            assert other.subscriptions.list().items == []
        assert polar.subscriptions.get(made).status == "active"


class TestExportSubscriptions:
    def test_writes_each_currency_in_its_own_units(
        self, polar: Any, merchant: Merchant, errors: Any
    ) -> None:
        organization = merchant.organization
        now = datetime.now(UTC)
        subscribe(merchant, plan=make_plan(organization, 1234, name="=Plan"), moment=now - 2 * DAY)
        yen = make_plan(organization, 1234, currency="jpy")
        subscribe(merchant, plan=yen, moment=now - DAY)
        columns = ["email", "product", "amount", "currency", "started_at", "cancel_at_period_end"]

        text = polar.subscriptions.export(columns=columns, timezone="Asia/Tokyo")
        header, *lines = csv.reader(StringIO(text))

        assert header[:4] == ["Email", "Product", "Amount", "Currency"]
        assert [line[2:4] for line in lines] == [["1234", "jpy"], ["12.34", "usd"]]
        assert lines[1][1] == "'=Plan"
        assert lines[0][4].endswith("+09:00")
        assert lines[0][5] == "false"
        whole = list(csv.reader(StringIO(polar.subscriptions.export())))
        assert len(whole[0]) == 7 and len(whole) == 3
        assert len(polar.subscriptions.export(product_id=str(yen[0].pk)).splitlines()) == 2
        for query in ({"timezone": "Mars/Base"}, {"columns": ["size"]}):
            with pytest.raises(errors.HTTPValidationError):
                polar.subscriptions.export(**query)

    def test_has_every_column(self, polar: Any, merchant: Merchant, version: str) -> None:
        from importlib import import_module
        from typing import get_args

        literals = import_module(f"polar.v{version.replace('-', '_')}.literals")
        columns = list(get_args(literals.SubscriptionExportColumn))
        subscribe(merchant, trial_end_at=datetime.now(UTC) + 5 * DAY)

        header, line = csv.reader(StringIO(polar.subscriptions.export(columns=columns)))

        assert len(header) == len(line) == len(columns)
        assert line[columns.index("trial_end")]


class TestRevokeSubscription:
    def test_ends_it_now(self, polar: Any, merchant: Merchant) -> None:
        made = str(subscribe(merchant).pk)

        ended = polar.subscriptions.revoke(made)

        assert ended.status == "canceled" and ended.ended_at is not None
        assert polar.subscriptions.list(active=False).items[0].id == made


class TestWhatShowsSubscriptions:
    def test_an_order(self, polar: Any, merchant: Merchant) -> None:
        plan = make_plan(
            merchant.organization, prices=[{"kind": "fixed", "fixed_amount": 900}, seat_price()]
        )
        discount = Discount.objects.create(
            created_at=datetime.now(UTC),
            organization=merchant.organization,
            name="Five off",
            type="fixed",
            amounts={"usd": 500, "eur": 450},
            duration="forever",
        )
        made = subscribe(merchant, plan=plan, seats=2, discount=discount)
        cycle_subscription(subscription_id=made.pk, force=True, origin=system_origin(Door.COMMAND))

        [order] = polar.orders.list(subscription_id=str(made.pk)).items

        assert (order.seats, order.units) == (2, None)
        assert order.discount_id == order.discount.id == str(discount.pk)
        assert order.discount.amounts == {"usd": 500, "eur": 450}
        assert order.subscription.id == order.subscription_id == str(made.pk)
        assert order.subscription.current_period_start == order.items[0].start_timestamp
        assert order.subscription.current_period_end == order.items[0].end_timestamp
        assert polar.orders.get(order.id) == order
        assert polar.orders.list(discount_id=str(discount.pk), sorting=["discount"]).items

    def test_the_state_of_a_customer(self, polar: Any, merchant: Merchant) -> None:
        made = subscribe(merchant, trial_end_at=datetime.now(UTC) + 5 * DAY)
        ended = subscribe(merchant, customer=made.customer)
        polar.subscriptions.revoke(str(ended.pk))

        # The SDK takes the statuses of license keys for those of these subscriptions.
        with merchant.http() as http:
            state = http.get(f"/v1/customers/{made.customer_id}/state").json()

        [row] = state["active_subscriptions"]
        assert (row["id"], row["status"], row["amount"]) == (str(made.pk), "trialing", 1000)
        assert row["product_id"] == str(made.product_id)
        names = {field.name for field in fields(outputs.CustomerStateSubscription)}
        assert names <= row.keys()
