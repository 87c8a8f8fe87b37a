from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.catalog.errors import ProductNotDeletable
from apps.catalog.models import Product
from apps.catalog.operations import delete_product
from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.discounts.models import Discount
from apps.events.models import Event
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.subscriptions.errors import (
    AboveMaximumSeats,
    AlreadyCanceledSubscription,
    BelowMinimumSeats,
    BelowMinimumUnits,
    NotASeatBasedSubscription,
)
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations import (
    cancel_subscription,
    change_discount,
    change_product,
    change_seats,
    change_units,
    cycle_subscription,
    discard_pending_update,
    revoke_subscription,
)
from apps.wallets.operations import adjust_wallet
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
# The period runs from 31 January to 28 February.
MIDDLE = START + timedelta(days=14)
END = datetime(2025, 2, 28, 10, 30, tzinfo=UTC)


def change(
    subscription: Subscription, product: Product, behavior: str = "prorate", **more: Any
) -> Subscription:
    return change_product(
        subscription_id=subscription.pk,
        product_id=product.pk,
        behavior=behavior,
        origin=at(more.pop("moment", MIDDLE)),
        **more,
    )


def seats(subscription: Subscription, number: int, behavior: str = "prorate") -> Subscription:
    return change_seats(
        subscription_id=subscription.pk, seats=number, behavior=behavior, origin=at(MIDDLE)
    )


def units(subscription: Subscription, number: int, behavior: str = "prorate") -> Subscription:
    return change_units(
        subscription_id=subscription.pk, units=number, behavior=behavior, origin=at(MIDDLE)
    )


def amounts(subscription: Subscription) -> list[int]:
    rows = BillingEntry.objects.filter(subscription=subscription).order_by("id")
    return [row.amount if row.direction == "debit" else -row.amount for row in rows]


def waiting(subscription: Subscription) -> PendingUpdate | None:
    rows = PendingUpdate.objects.filter(subscription=subscription, timing="period")
    return rows.filter(applied_at=None, discarded_at=None).first()


def updates(subscription: Subscription) -> int:
    return Event.objects.filter(
        type="subscription.updated", subject_id=str(subscription.pk)
    ).count()


def plan(subscription: Subscription, amount: int = 3000, **facts: Any) -> Product:
    return make_plan(subscription.organization, amount, **facts)[0]


def unit_price(rate: int = 100, minimum: int | None = None) -> dict[str, Any]:
    return {**seat_price(rate), "kind": "unit", "minimum_units": minimum}


def seated(number: int = 5, rate: int = 1000, **more: Any) -> Subscription:
    merchant = make_merchant()
    return make_subscription(
        merchant, plan=make_plan(merchant, prices=[seat_price(rate)]), seats=number, **more
    )


def give_credit(subscription: Subscription, amount: int = 10_000_000) -> None:
    adjust_wallet(
        customer=subscription.customer, currency="usd", amount=amount, note="So", origin=at()
    )


class TestChangeProduct:
    def test_prorated_waits_for_the_next_order(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        changed = change(subscription, product)
        assert (changed.product_id, changed.amount) == (product.pk, 3000)
        assert amounts(subscription) == [-500, 1500]
        assert not Order.objects.exists()
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        order = Order.objects.get()
        assert (order.subtotal_amount, order.items.count()) == (4000, 3)

    def test_keeps_the_anchor(self) -> None:
        subscription = make_subscription()
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        changed = change(subscription, plan(subscription), moment=END + timedelta(days=3))
        assert changed.anchor_day == 31
        assert changed.current_period_end_at.day == 31

    def test_locks_in_the_prices_of_the_day(self) -> None:
        subscription = make_subscription()
        product, [price] = make_plan(subscription.organization, 3000)
        change(subscription, product)
        price.fixed_amount = 9999
        price.save()
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert Subscription.objects.get().amount == 3000

    def test_to_the_same_product_takes_its_present_prices(self) -> None:
        subscription = make_subscription()
        old = subscription.prices.get().price
        old.archived_at = MIDDLE
        old.save()
        old.pk, old.fixed_amount, old.archived_at = new_id(), 1500, None
        old.save(force_insert=True)
        assert change(subscription, subscription.product).amount == 1500
        assert amounts(subscription) == [-500, 750]

    def test_to_what_it_is_does_nothing(self) -> None:
        subscription = make_subscription()
        change(subscription, subscription.product, "invoice")
        assert not amounts(subscription)
        assert not Order.objects.exists()
        assert not updates(subscription)

    def test_replaces_what_waits(self) -> None:
        subscription = make_subscription()
        change(subscription, plan(subscription), "next_period")
        product = plan(subscription, 4000)
        change(subscription, product)
        assert waiting(subscription) is None
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert Subscription.objects.get().product_id == product.pk

    def test_tells_of_it_once(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        change(subscription, product)
        event = Event.objects.get(type="subscription.updated")
        assert event.payload["previous_product_id"] == str(subscription.product_id)
        assert event.changes["amount"] == [1000, 3000]

    def test_uses_the_behavior_of_the_organization(self) -> None:
        settings = {"proration_behavior": "next_period"}
        merchant = make_merchant(subscription_settings=settings)
        subscription = make_subscription(merchant)
        change_product(
            subscription_id=subscription.pk, product_id=plan(subscription).pk, origin=at(MIDDLE)
        )
        assert waiting(subscription) is not None

    def test_of_a_past_due_subscription_keeps_it_past_due(self) -> None:
        subscription = make_subscription()
        Subscription.objects.update(status="past_due", past_due_at=START)
        assert change(subscription, plan(subscription)).status == "past_due"
        assert amounts(subscription) == [-500, 1500]

    def test_of_a_paused_one_bills_nothing(self) -> None:
        subscription = make_subscription()
        Subscription.objects.update(status="paused", paused_at=START)
        change(subscription, plan(subscription, interval="year"), "invoice")
        assert not amounts(subscription)
        row = Subscription.objects.get()
        assert (row.recurring_interval, row.current_period_end_at) == ("year", END)

    @pytest.mark.parametrize(
        "facts",
        [
            {"archived_at": START},
            {"currency": "eur"},
            {"interval": None, "count": None},
            {"prices": [{"kind": "custom", "minimum_amount": 500}]},
        ],
    )
    def test_refuses_a_product_that_cannot_be_had(self, facts: dict[str, Any]) -> None:
        subscription = make_subscription()
        product = plan(subscription, **facts)
        for behavior in ("prorate", "next_period"):
            with pytest.raises(ValidationFailed) as error:
                change(subscription, product, behavior)
            assert error.value.problems[0]["loc"] == ["body", "product_id"]

    def test_refuses_the_product_of_another_merchant(self) -> None:
        subscription = make_subscription()
        with pytest.raises(ValidationFailed):
            change(subscription, plan(make_subscription()))

    def test_refuses_what_has_ended_or_is_about_to(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        cancel_subscription(subscription_id=subscription.pk, origin=at(MIDDLE))
        with pytest.raises(AlreadyCanceledSubscription):
            change(subscription, product)
        revoke_subscription(subscription_id=subscription.pk, origin=at(MIDDLE))
        with pytest.raises(AlreadyCanceledSubscription):
            change(subscription, product)

    def test_refuses_to_reset_unless_the_organization_may(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        with pytest.raises(ValidationFailed) as error:
            change(subscription, product, "reset")
        assert error.value.problems[0]["loc"] == ["body", "proration_behavior"]

    def test_to_seats_takes_the_fewest_and_makes_a_team(self) -> None:
        subscription = make_subscription()
        product = plan(subscription, prices=[seat_price(1500)])
        give_credit(subscription)
        changed = change(subscription, product, "invoice")
        assert (changed.seats, changed.amount) == (1, 1500)
        assert Customer.objects.get(pk=subscription.customer_id).type == "team"
        with pytest.raises(ValidationFailed):
            change(subscription, plan(subscription))

    def test_from_one_seat_product_to_another_keeps_the_number_if_it_fits(self) -> None:
        subscription = seated(5)
        changed = change(subscription, plan(subscription, prices=[seat_price(2000)]))
        assert (changed.seats, changed.amount) == (5, 10_000)
        small = {**seat_price(2000)}
        small["tiers"] = [{"minimum": 1, "maximum": 4, "unit_amount": "2000"}]
        with pytest.raises(AboveMaximumSeats):
            change(subscription, plan(subscription, prices=[small]))


class TestNextPeriod:
    def test_moves_nothing_now_and_everything_then(self) -> None:
        subscription = make_subscription()
        product = plan(subscription, interval="year")
        changed = change(subscription, product, "next_period")
        assert (changed.product_id, changed.amount) == (subscription.product_id, 1000)
        assert not amounts(subscription)
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert (cycled.product_id, cycled.recurring_interval) == (product.pk, "year")
        # The period begins at the boundary and advances once.
        assert cycled.current_period_start_at == END
        assert cycled.current_period_end_at == datetime(2026, 2, 28, 10, 30, tzinfo=UTC)
        assert Order.objects.get().subtotal_amount == 3000

    def test_from_days_to_months_is_anchored_at_the_boundary(self) -> None:
        merchant = make_merchant()
        subscription = make_subscription(merchant, plan=make_plan(merchant, interval="week"))
        change(subscription, plan(subscription), "next_period", moment=START + timedelta(days=1))
        boundary = START + timedelta(days=7)
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(boundary))
        assert cycled.anchor_day == boundary.day
        assert cycled.current_period_end_at == datetime(2025, 3, 7, 10, 30, tzinfo=UTC)

    def test_adds_wishes_to_one_row(self) -> None:
        subscription = seated(5)
        product = plan(subscription, prices=[seat_price(2000)])
        seats(subscription, 8, "next_period")
        change(subscription, product, "next_period")
        row = waiting(subscription)
        assert row is not None and (row.product_id, row.seats) == (product.pk, 8)
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert (cycled.seats, cycled.amount) == (8, 16_000)
        assert PendingUpdate.objects.get().applied_at == END

    def test_takes_the_discount_along(self) -> None:
        subscription = make_subscription()
        discount = make_discount(subscription.organization)
        product = plan(subscription)
        change(subscription, product, "next_period", discount=discount)
        assert Subscription.objects.get().discount_id is None
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert (cycled.discount_id, cycled.discount_applied_at) == (discount.pk, END)
        assert Order.objects.get().discount_amount == 1500

    def test_keeps_its_product_from_being_deleted(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        change(subscription, product, "next_period")
        with pytest.raises(ProductNotDeletable):
            delete_product(product_id=product.pk, origin=at(MIDDLE))
        discard_pending_update(subscription_id=subscription.pk, origin=at(MIDDLE))
        delete_product(product_id=product.pk, origin=at(MIDDLE))

    def test_is_discarded_when_the_product_was_deleted_all_the_same(self) -> None:
        subscription = make_subscription()
        product = plan(subscription)
        change(subscription, product, "next_period")
        Product.objects.filter(pk=product.pk).update(deleted_at=MIDDLE)
        row = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert row.product_id == subscription.product_id
        assert PendingUpdate.objects.get().discarded_at == END

    def test_is_discarded_when_the_product_has_lost_its_prices(self) -> None:
        subscription = make_subscription()
        product, [price] = make_plan(subscription.organization, 3000)
        change(subscription, product, "next_period")
        price.archived_at = MIDDLE
        price.save()
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert cycled.product_id == subscription.product_id
        assert cycled.current_period_start_at == END
        assert PendingUpdate.objects.get().discarded_at == END

    def test_can_be_taken_back(self) -> None:
        subscription = make_subscription()
        change(subscription, plan(subscription), "next_period")
        discard_pending_update(subscription_id=subscription.pk, origin=at(MIDDLE))
        discard_pending_update(subscription_id=subscription.pk, origin=at(MIDDLE))
        assert waiting(subscription) is None
        assert Event.objects.filter(type="subscription.update_cleared").count() == 1

    @pytest.mark.parametrize("price", [seat_price(), unit_price()])
    def test_cannot_bring_a_number_that_nobody_has_named(self, price: dict[str, Any]) -> None:
        subscription = make_subscription()
        with pytest.raises(ValidationFailed) as error:
            change(subscription, plan(subscription, prices=[price]), "next_period")
        assert error.value.problems[0]["loc"] == ["body", "proration_behavior"]


class TestChangeSeats:
    def test_prorates_the_difference(self) -> None:
        subscription = seated(5)
        assert seats(subscription, 8).amount == 8000
        assert amounts(subscription) == [1500]
        seats(subscription, 5)
        assert amounts(subscription) == [1500, -1500]

    def test_again_to_the_same_number_does_nothing(self) -> None:
        subscription = seated(5)
        for behavior in ("prorate", "invoice", "next_period"):
            seats(subscription, 5, behavior)
        assert not amounts(subscription) and waiting(subscription) is None
        assert not updates(subscription)

    def test_to_the_present_number_takes_back_what_was_to_come(self) -> None:
        subscription = seated(5)
        seats(subscription, 8, "next_period")
        seats(subscription, 5)
        assert waiting(subscription) is None
        assert updates(subscription) == 2

    def test_now_forgets_the_number_that_waits_but_not_the_product(self) -> None:
        subscription = seated(5)
        change(subscription, plan(subscription, prices=[seat_price(2000)]), "next_period")
        seats(subscription, 8, "next_period")
        seats(subscription, 6)
        row = waiting(subscription)
        assert row is not None and row.product_id and row.seats is None
        cycled = cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert (cycled.seats, cycled.amount) == (6, 12_000)

    def test_must_suit_the_product_that_is_to_come(self) -> None:
        subscription = seated(5)
        many = {**seat_price(500)}
        many["tiers"] = [{"minimum": 4, "maximum": 20, "unit_amount": "500"}]
        change(subscription, plan(subscription, prices=[many]), "next_period")
        for behavior in ("prorate", "next_period"):
            with pytest.raises(BelowMinimumSeats):
                seats(subscription, 3, behavior)
            with pytest.raises(AboveMaximumSeats):
                seats(subscription, 21, behavior)

    def test_is_possible_whatever_became_of_the_product_that_is_to_come(self) -> None:
        subscription = seated(5)
        product, [price] = make_plan(subscription.organization, prices=[seat_price(2000)])
        change(subscription, product, "next_period")
        price.archived_at = MIDDLE
        price.save()
        assert seats(subscription, 6).seats == 6

    def test_needs_a_price_by_the_seat(self) -> None:
        with pytest.raises(NotASeatBasedSubscription):
            seats(make_subscription(), 3)

    def test_of_a_paid_reset_bills_the_base_price_as_well(self) -> None:
        features = {"reset_proration_behavior_enabled": True}
        merchant = make_merchant()
        Organization.objects.filter(pk=merchant.pk).update(feature_settings=features)
        merchant.refresh_from_db()
        prices = [{"kind": "fixed", "fixed_amount": 700}, seat_price(1000)]
        subscription = make_subscription(merchant, plan=make_plan(merchant, prices=prices), seats=5)
        give_credit(subscription)
        later = plan(subscription, prices=[seat_price(2000)])
        change(subscription, later, "next_period")
        changed = seats(subscription, 3, "reset")
        row = waiting(subscription)
        assert row is not None and row.applies_at == changed.current_period_end_at
        assert changed.current_period_start_at == MIDDLE
        assert changed.anchor_day == MIDDLE.day
        order = Order.objects.get()
        assert (order.subtotal_amount, order.period_start_at) == (3700, MIDDLE)


class TestChangeUnits:
    def test_has_its_own_smallest_number(self) -> None:
        merchant = make_merchant()
        prices = [unit_price(100, minimum=10)]
        subscription = make_subscription(
            merchant, plan=make_plan(merchant, prices=prices), units=20
        )
        assert units(subscription, 12).amount == 1200
        assert amounts(subscription) == [-400]
        with pytest.raises(BelowMinimumUnits):
            units(subscription, 9)


class TestWithinATrial:
    def test_goes_on_as_the_new_product_grants(self) -> None:
        end = START + timedelta(days=20)
        subscription = make_subscription(trial_end_at=end)
        product = plan(subscription, trial_interval="day", trial_interval_count=30)
        changed = change(subscription, product, "invoice")
        assert changed.status == "trialing"
        assert changed.trial_end_at == changed.current_period_end_at == START + timedelta(days=30)
        assert not amounts(subscription) and not Order.objects.exists()

    @pytest.mark.parametrize("days", [None, 7])
    def test_ends_and_bills_where_nothing_of_it_is_left(self, days: int | None) -> None:
        subscription = make_subscription(trial_end_at=START + timedelta(days=20))
        trial = {"trial_interval": "day", "trial_interval_count": days} if days else {}
        changed = change(subscription, plan(subscription, **trial))
        assert (changed.status, changed.trial_end_at) == ("active", MIDDLE)
        order = Order.objects.get()
        assert (order.total_amount, order.billing_reason) == (
            3000,
            "subscription_cycle_after_trial",
        )
        assert order.period_start_at == MIDDLE

    def test_waits_for_its_end_if_asked_to(self) -> None:
        end = START + timedelta(days=20)
        subscription = make_subscription(trial_end_at=end)
        change(subscription, plan(subscription), "next_period")
        row = waiting(subscription)
        assert row is not None and row.applies_at == end
        cycle_subscription(subscription_id=subscription.pk, origin=at(end))
        assert Order.objects.get().total_amount == 3000


class TestDiscounts:
    def test_alone_count_from_the_next_order(self) -> None:
        subscription = make_subscription()
        discount = make_discount(subscription.organization)
        changed = change_discount(
            subscription_id=subscription.pk, discount=discount, origin=at(MIDDLE)
        )
        assert (changed.amount, changed.discount_applied_at) == (500, None)
        assert not amounts(subscription)
        cycle_subscription(subscription_id=subscription.pk, origin=at(END))
        assert Order.objects.get().discount_amount == 500
        with pytest.raises(ValidationFailed):
            change_discount(subscription_id=subscription.pk, discount=discount, origin=at(END))
        assert (
            change_discount(subscription_id=subscription.pk, discount=None, origin=at(END)).amount
            == 1000
        )

    def test_with_a_product_credit_the_old_and_debit_the_new(self) -> None:
        merchant = make_merchant()
        old = make_discount(merchant, 2500, duration="forever")
        subscription = make_subscription(merchant, 10_000, discount=old)
        new = make_discount(merchant, 5000, duration="forever")
        change(subscription, plan(subscription, 100_000), discount=new)
        assert amounts(subscription) == [-3750, 25_000]

    def test_that_are_over_do_not_cheapen_a_period_that_begins_now(self) -> None:
        merchant = make_merchant()
        subscription = make_subscription(merchant, discount=make_discount(merchant))
        give_credit(subscription)
        changed = change(subscription, plan(subscription, 10_000, interval="year"))
        assert amounts(subscription) == [-250, 10_000]
        assert (changed.discount_id, changed.amount) == (None, 10_000)

    @pytest.mark.parametrize("what", ["foreign", "currency", "product", "deleted"])
    def test_must_take_something_off(self, what: str) -> None:
        subscription = make_subscription()
        merchant = subscription.organization
        discount: Discount = {
            "foreign": lambda: make_discount(make_merchant()),
            "currency": lambda: make_discount(
                merchant, type="fixed", basis_points=None, amounts={"eur": 100}
            ),
            "product": lambda: make_discount(merchant),
            "deleted": lambda: make_discount(merchant, deleted_at=START),
        }[what]()
        if what == "product":
            discount.products.add(plan(subscription))
        with pytest.raises(ValidationFailed) as error:
            change_discount(subscription_id=subscription.pk, discount=discount, origin=at(MIDDLE))
        assert error.value.problems[0]["loc"] == ["body", "discount_id"]
