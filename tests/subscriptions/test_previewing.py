"""What is foretold is what happens, to the unit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.catalog.models import Product
from apps.core.origin import Door, system_origin
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    cancel_subscription,
    change_product,
    change_seats,
    change_units,
    cycle_subscription,
)
from apps.subscriptions.operations.previewing import (
    ChargePreview,
    preview_cancel,
    preview_change,
    preview_charge,
    preview_revoke,
)
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.support.drafts import charges_of, make_buyer, save_card
from tests.support.merchants import make_organization
from tests.support.stripesim import stripesim
from tests.support.subscribers import at, make_discount, make_plan, make_subscription, seat_price
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

NOW = system_origin(Door.API).at
FIXTURES = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)

RATES = st.integers(51, 4000)
BEHAVIORS = st.sampled_from(["invoice", "prorate", "next_period", "reset"])


def unit_price(rate: int) -> dict[str, Any]:
    return {**seat_price(rate), "kind": "unit"}


@st.composite
def plans(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A product by the seat, by the unit or at a fixed price, some with a base price too."""
    counted = {"seat": [seat_price], "unit": [unit_price], "fixed": []}[kind]
    prices = [make(draw(RATES)) for make in counted]
    if not prices or draw(st.booleans()):
        prices.insert(0, {"kind": "fixed", "fixed_amount": draw(st.just(0) | RATES)})
    return {"prices": prices, "interval": draw(st.sampled_from(["month", "month", "year"]))}


@st.composite
def lives(draw: st.DrawFn) -> dict[str, Any]:
    """A subscription some days into its period, with whatever may bear on its next order."""
    kind = draw(st.sampled_from(["fixed", "seat", "unit"]))
    return {
        "kind": kind,
        "plan": draw(plans(kind)),
        "number": draw(st.integers(1, 9)),
        "discount": draw(
            st.none()
            | st.fixed_dictionaries(
                {
                    "bps": st.integers(1, 10_000),
                    "duration": st.sampled_from(["once", "forever"]),
                }
            )
            | st.fixed_dictionaries({"off": st.integers(1, 9000)})
        ),
        "tax_behavior": draw(st.sampled_from([None, "inclusive", "exclusive"])),
        "credit": draw(st.sampled_from([0, 0, 130, -130, 5_000_000])),
        "trial": draw(st.booleans() if draw(st.booleans()) else st.just(False)),
        "days": draw(st.integers(1, 27)),
        "seconds": draw(st.integers(0, 86_399)),
    }


def make_merchant() -> Organization:
    organization = make_organization()
    features = {**organization.feature_settings, "reset_proration_behavior_enabled": True}
    Organization.objects.filter(pk=organization.pk).update(feature_settings=features)
    organization.refresh_from_db()
    return organization


def live(merchant: Organization, till: Till, life: dict[str, Any]) -> Subscription:
    customer = make_buyer(merchant)
    save_card(till, customer)
    discount = None
    if life["discount"] and "off" in life["discount"]:
        amounts = {"usd": life["discount"]["off"]}
        discount = make_discount(
            merchant, type="fixed", basis_points=None, amounts=amounts, duration="forever"
        )
    elif life["discount"]:
        discount = make_discount(
            merchant, life["discount"]["bps"], duration=life["discount"]["duration"]
        )
    start = NOW - timedelta(days=life["days"], seconds=life["seconds"])
    subscription = make_subscription(
        merchant,
        plan=make_plan(merchant, **life["plan"]),
        customer=customer,
        seats=life["number"] if life["kind"] == "seat" else None,
        units=life["number"] if life["kind"] == "unit" else None,
        discount=discount,
        tax_behavior=life["tax_behavior"],
        trial_end_at=NOW + timedelta(days=3) if life["trial"] else None,
        moment=start,
    )
    if life["credit"]:
        adjust_wallet(
            customer=customer, currency="usd", amount=life["credit"], note="So", origin=at(start)
        )
    return subscription


def again(subscription: Subscription) -> Subscription:
    rows = Subscription.objects.select_related("organization", "customer", "product", "discount")
    return rows.get(pk=subscription.pk)


def newest_order(subscription: Subscription) -> Order | None:
    rows = Order.objects.filter(subscription_id=subscription.pk).exclude(invoice_number=None)
    return rows.order_by("-id").first()


def require_same(charge: ChargePreview, subscription: Subscription, known: Order | None) -> None:
    """The order that was made since is the one that was foretold, and so is the balance."""
    order = newest_order(subscription)
    if not charge.lines:
        assert order == known
        return
    assert order is not None and order != known
    sums = (
        "subtotal_amount",
        "discount_amount",
        "net_amount",
        "tax_amount",
        "total_amount",
        "applied_balance_amount",
        "due_amount",
    )
    assert {name: getattr(charge, name) for name in sums} == {
        name: getattr(order, name) for name in sums
    }
    lines = [(line.label, line.amount) for line in charge.lines]
    assert lines == list(order.items.order_by("position").values_list("label", "amount"))
    assert charge.balance_after == balance(order.customer_id, order.currency)


def cycle(subscription: Subscription, moment: datetime | None = None) -> Subscription:
    row = again(subscription)
    return cycle_subscription(
        subscription_id=row.pk, force=True, origin=at(moment or row.current_period_end_at)
    )


@pytest.fixture(autouse=True)
def taxes(settings: Any) -> None:
    settings.TAX_CALCULATORS = ["tests.support.calculators.FifthCalculator"]


class TestPreviewChange:
    @settings(max_examples=30, deadline=None, suppress_health_check=FIXTURES)
    @given(data=st.data(), life=lives(), behavior=BEHAVIORS)
    def test_is_what_the_change_and_the_next_order_come_to(
        self, till: Till, data: st.DataObject, life: dict[str, Any], behavior: str
    ) -> None:
        merchant = make_merchant()
        subscription = live(merchant, till, life)
        if data.draw(st.booleans(), label="earlier change"):
            product, _ = make_plan(
                merchant, **{**data.draw(plans(life["kind"])), "interval": "month"}
            )
            earlier = data.draw(st.sampled_from(["prorate", "next_period"]))
            if life["plan"]["interval"] == "month" and not life["trial"]:
                self.change(subscription, earlier, product=product)
        wish: dict[str, Any]
        if life["kind"] != "fixed" and data.draw(st.booleans(), label="only the number"):
            wish = {f"{life['kind']}s": data.draw(st.integers(1, 12))}
        else:
            product, _ = make_plan(merchant, **data.draw(plans(life["kind"])))
            wish = {"product": product}
        row = again(subscription)
        known = newest_order(row)
        preview = preview_change(subscription=row, behavior=behavior, origin=at(NOW), **wish)
        self.change(subscription, behavior, **wish)

        row = again(subscription)
        if preview.applies_at == NOW:
            assert row.amount == preview.amount
            assert row.current_period_start_at == preview.period.start_at
            assert row.current_period_end_at == preview.period.end_at
        if preview.charge is not None:
            require_same(preview.charge, row, known)
            order = newest_order(row)
            if order is not None and order.billing_reason == "subscription_update":
                charged = sum(charge.amount for charge in charges_of(till, order))
                assert charged == preview.charge.charged_amount
        known = newest_order(row)
        cycled = cycle(row)
        require_same(preview.next_charge, cycled, known)
        if preview.applies_at != NOW:
            assert cycled.amount == preview.amount

    @staticmethod
    def change(subscription: Subscription, behavior: str, **wish: Any) -> None:
        facts: dict[str, Any] = {
            "subscription_id": subscription.pk,
            "behavior": behavior,
            "origin": at(NOW),
        }
        product: Product | None = wish.get("product")
        if product is not None:
            change_product(product_id=product.pk, **facts)
        elif "seats" in wish:
            change_seats(seats=wish["seats"], **facts)
        else:
            change_units(units=wish["units"], **facts)


class TestPreviewCharge:
    @settings(max_examples=15, deadline=None, suppress_health_check=FIXTURES)
    @given(life=lives(), periods=st.integers(1, 2))
    def test_is_what_the_next_order_comes_to(
        self, till: Till, life: dict[str, Any], periods: int
    ) -> None:
        subscription = live(make_merchant(), till, life)
        for _ in range(periods):
            known = newest_order(subscription)
            preview = preview_charge(subscription=again(subscription))
            assert preview.at == again(subscription).current_period_end_at
            cycle(subscription)
            require_same(preview, subscription, known)

    @pytest.mark.django_db
    def test_of_one_that_pauses_is_nothing(self) -> None:
        subscription = make_subscription()
        Subscription.objects.update(pause_at_period_end=True)
        preview = preview_charge(subscription=again(subscription))
        assert (preview.lines, preview.total_amount) == ((), 0)
        cycle(subscription)
        assert newest_order(subscription) is None


@pytest.mark.django_db
class TestPreviewOfAnEnd:
    def test_bills_what_waits_with_the_period(self) -> None:
        subscription = make_subscription()
        product, _ = make_plan(subscription.organization, 3000)
        middle = subscription.current_period_start_at + timedelta(days=14)
        change_product(
            subscription_id=subscription.pk,
            product_id=product.pk,
            behavior="prorate",
            origin=at(middle),
        )
        preview = preview_cancel(subscription=again(subscription))
        assert preview.charge is not None and preview.charge.subtotal_amount == 1000
        cancel_subscription(subscription_id=subscription.pk, origin=at(middle))
        assert preview_charge(subscription=again(subscription)) == preview.charge
        ended = cycle(subscription)
        require_same(preview.charge, ended, None)

    def test_at_once_names_the_orders_that_are_given_up(self) -> None:
        subscription = make_subscription()
        cycle(subscription)
        preview = preview_revoke(subscription=again(subscription), origin=at(NOW))
        assert [order.due_amount for order in preview.voided_orders] == [1000]
        assert preview.charge is None
