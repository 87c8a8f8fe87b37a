from datetime import timedelta
from typing import Any

import pytest

from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.events.models import Event
from apps.orders.models import Order
from apps.subscriptions.errors import (
    AlreadyActiveSubscriptionError,
    AlreadyCanceledSubscription,
    SubscriptionNotTrialing,
)
from apps.subscriptions.models import Subscription, SubscriptionPrice
from apps.subscriptions.operations import (
    FreeSubscription,
    create_free_subscription,
    create_trial_order,
    require_no_other_subscription,
    revoke_subscription,
    update_subscription_metadata,
    upgrade_subscription,
)
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.support.subscribers import (
    START,
    at,
    make_discount,
    make_merchant,
    make_plan,
    make_subscriber,
    make_subscription,
    seat_price,
)

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=9)
FREE = {"kind": "fixed", "fixed_amount": 0}


class TestBeginning:
    def test_fixes_the_prices_the_amount_and_the_anchor(self) -> None:
        merchant = make_merchant()
        plan = make_plan(
            merchant, prices=[{"kind": "fixed", "fixed_amount": 1000}, seat_price(500)]
        )
        row = make_subscription(merchant, plan=plan, seats=3, discount=make_discount(merchant))
        assert (row.status, row.amount, row.net_amount, row.seats) == ("active", 1250, 1250, 3)
        assert (row.anchor_day, row.current_period_start_at) == (31, START)
        assert row.discount_applied_at == START
        amounts = SubscriptionPrice.objects.filter(subscription=row).order_by("position")
        assert list(amounts.values_list("amount", flat=True)) == [1000, 1500]
        assert Customer.objects.get(pk=row.customer_id).type == "team"
        event = Event.objects.get(type="subscription.created")
        assert (event.payload["amount"], event.payload["access"]) == (1250, "grant")

    def test_the_same_checkout_begins_one(self) -> None:
        merchant, checkout_id = make_merchant(), new_id()
        plan, customer = make_plan(merchant), make_subscriber(merchant)
        rows = {
            make_subscription(merchant, plan=plan, customer=customer, checkout_id=checkout_id).pk
            for _ in range(2)
        }
        assert len(rows) == 1
        assert Event.objects.filter(type="subscription.created").count() == 1

    def test_a_trial_is_an_order_over_nothing(self) -> None:
        row = make_subscription(trial_end_at=LATER)
        assert (row.status, row.trial_start_at, row.current_period_end_at) == (
            "trialing",
            START,
            LATER,
        )
        order = create_trial_order(subscription=row, origin=at())
        assert (order.status, order.total_amount) == ("paid", 0)
        assert order.billing_reason == "subscription_create"
        assert order.items.get().label == "Trial of Pro: 31 Jan 2025 to 9 Feb 2025"
        assert create_trial_order(subscription=row, origin=at(LATER)) == order
        with pytest.raises(SubscriptionNotTrialing):
            create_trial_order(subscription=make_subscription(), origin=at())

    @pytest.mark.parametrize("amount", [-5000, 5000])
    def test_a_trial_leaves_the_balance_of_its_customer_alone(self, amount: int) -> None:
        merchant = make_merchant()
        customer = make_subscriber(merchant)
        adjust_wallet(customer=customer, currency="usd", amount=amount, note="Old", origin=at())
        row = make_subscription(merchant, customer=customer, trial_end_at=LATER)
        order = create_trial_order(subscription=row, origin=at())
        assert (order.status, order.due_amount, order.applied_balance_amount) == ("paid", 0, 0)
        assert balance(customer.pk, "usd") == amount


class TestFreeOnes:
    @staticmethod
    def create(prices: list[dict[str, Any]], **fields: Any) -> Subscription:
        merchant = make_merchant()
        product, _ = make_plan(merchant, prices=prices, **fields)
        data = FreeSubscription(
            product_id=product.pk, customer_id=make_subscriber(merchant).pk, metadata={"a": 1}
        )
        return create_free_subscription(organization=merchant, data=data, origin=at())

    def test_cost_nothing_and_make_no_order(self) -> None:
        row = self.create([FREE])
        assert (row.status, row.amount, row.metadata) == ("active", 0, {"a": 1})
        assert not Order.objects.filter(subscription_id=row.pk).exists()

    @pytest.mark.parametrize(
        ("prices", "fields"),
        [
            ([{"kind": "fixed", "fixed_amount": 100}], {}),
            ([FREE, seat_price(500)], {}),
            ([FREE], {"currency": "eur"}),
            ([FREE], {"archived_at": START}),
            ([FREE], {"interval": None, "count": None}),
        ],
    )
    def test_refuses_what_costs_or_is_not_sold(
        self, prices: list[dict[str, Any]], fields: dict[str, Any]
    ) -> None:
        with pytest.raises(ValidationFailed) as refusal:
            self.create(prices, **fields)
        assert refusal.value.problems[0]["loc"] == ["body", "product_id"]

    def test_refuses_another_merchants_customer(self) -> None:
        merchant = make_merchant()
        product, _ = make_plan(merchant, 0)
        stranger = make_subscriber(make_merchant(), external_id="stranger")
        for who in ({"customer_id": stranger.pk}, {"external_customer_id": "stranger"}):
            with pytest.raises(ValidationFailed):
                create_free_subscription(
                    organization=merchant,
                    data=FreeSubscription(product_id=product.pk, **who),
                    origin=at(),
                )


class TestOneAtATime:
    def test_refuses_a_second_by_customer_or_by_email(self) -> None:
        row = make_subscription()
        merchant, email = row.organization, (row.customer.email or "").upper()
        for who in ({"customer_id": row.customer_id}, {"email": email}):
            with pytest.raises(AlreadyActiveSubscriptionError):
                require_no_other_subscription(organization=merchant, **who)
        require_no_other_subscription(organization=merchant, email=email, upgraded_id=row.pk)
        require_no_other_subscription(organization=merchant, email="else@example.com")
        require_no_other_subscription(organization=make_merchant(), email=email)

    def test_allows_it_where_the_merchant_does_or_the_first_has_ended(self) -> None:
        row = make_subscription()
        merchant = row.organization
        merchant.subscription_settings = {"allow_multiple_subscriptions": True}
        require_no_other_subscription(organization=merchant, customer_id=row.customer_id)
        merchant.subscription_settings = {}
        revoke_subscription(subscription_id=row.pk, origin=at(LATER))
        require_no_other_subscription(organization=merchant, customer_id=row.customer_id)


class TestUpgrading:
    def test_keeps_the_row_and_begins_a_period(self) -> None:
        merchant = make_merchant()
        row = make_subscription(merchant, 0, metadata={"plan": "free", "from": "ad"})
        product, prices = make_plan(merchant, 3000, interval="year")
        checkout_id = new_id()
        for _ in range(2):
            upgraded = upgrade_subscription(
                subscription_id=row.pk,
                product=product,
                prices=prices,
                currency="usd",
                checkout_id=checkout_id,
                metadata={"plan": "paid"},
                origin=at(LATER),
            )
        assert (upgraded.pk, upgraded.started_at) == (row.pk, START)
        assert (upgraded.amount, upgraded.recurring_interval) == (3000, "year")
        assert (upgraded.current_period_start_at, upgraded.anchor_day) == (LATER, LATER.day)
        assert upgraded.metadata == {"plan": "paid", "from": "ad"}
        assert SubscriptionPrice.objects.get(subscription=row).price == prices[0]
        assert Event.objects.filter(type="subscription.upgraded").count() == 1

    def test_refuses_one_that_is_paid_for_or_has_ended(self) -> None:
        merchant = make_merchant()
        product, prices = make_plan(merchant, 3000)
        ended = make_subscription(merchant, 0)
        revoke_subscription(subscription_id=ended.pk, origin=at(LATER))
        for row, error in (
            (make_subscription(merchant), AlreadyActiveSubscriptionError),
            (ended, AlreadyCanceledSubscription),
        ):
            with pytest.raises(error):
                upgrade_subscription(
                    subscription_id=row.pk,
                    product=product,
                    prices=prices,
                    currency="usd",
                    checkout_id=new_id(),
                    origin=at(LATER),
                )


class TestMetadata:
    def test_is_replaced_and_the_same_again_says_nothing(self) -> None:
        row = make_subscription(metadata={"a": "1"})
        for _ in range(2):
            changed = update_subscription_metadata(
                subscription_id=row.pk, metadata={"b": "2"}, origin=at(LATER)
            )
        assert changed.metadata == {"b": "2"}
        assert Event.objects.filter(type="subscription.updated").count() == 1
