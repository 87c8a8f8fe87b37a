"""Discounts that are set on a subscription without a checkout are used by that."""

from datetime import timedelta

import pytest

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.discounts.errors import DiscountNotRedeemable, DiscountRedemptionLimitReached
from apps.discounts.models import Discount, Redemption
from apps.discounts.operations import update_discount
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    SubscriptionUpdate,
    change_discount,
    change_product,
    cycle_subscription,
    discard_pending_update,
    revoke_subscription,
    update_subscription,
)
from apps.wallets.operations import adjust_wallet
from tests.support.subscribers import (
    START,
    at,
    make_discount,
    make_merchant,
    make_plan,
    make_subscriber,
    make_subscription,
)

pytestmark = pytest.mark.django_db
MIDDLE = at(START + timedelta(days=14))


def uses(discount: Discount) -> int:
    """How often it is used, of which the count and the rows agree."""
    rows = Redemption.objects.filter(discount=discount)
    count = Discount.objects.get(pk=discount.pk).redemptions_count
    assert rows.count() == count
    return count


def give(subscription: Subscription, discount: Discount | None, origin: Origin = MIDDLE) -> None:
    change_discount(subscription_id=subscription.pk, discount=discount, origin=origin)


def move(subscription: Subscription, behavior: str, discount: Discount | None) -> None:
    change_product(
        subscription_id=subscription.pk,
        product_id=make_plan(subscription.organization, 3000)[0].pk,
        behavior=behavior,
        discount=discount,
        origin=MIDDLE,
    )


class TestASetDiscount:
    def test_is_used_by_the_subscriber_and_fixed_from_then_on(self) -> None:
        subscription = make_subscription()
        discount = make_discount(subscription.organization)
        give(subscription, discount)
        row = Redemption.objects.get()
        assert (row.subscription_id, row.customer_id, row.checkout_id) == (
            subscription.pk,
            subscription.customer_id,
            None,
        )
        assert row.email_digest
        assert uses(discount) == 1
        with pytest.raises(ValidationFailed):
            update_discount(discount_id=discount.pk, changes={"basis_points": 100}, origin=MIDDLE)

    def test_stays_used_when_another_takes_its_place(self) -> None:
        subscription = make_subscription()
        first, second = (make_discount(subscription.organization) for _ in range(2))
        for discount in (first, second, None):
            give(subscription, discount)
        assert (uses(first), uses(second)) == (1, 1)

    @pytest.mark.parametrize("behavior", ["prorate", "next_period", "invoice"])
    def test_with_a_product_is_used_once(self, behavior: str) -> None:
        subscription = make_subscription()
        discount = make_discount(subscription.organization, max_redemptions=1)
        adjust_wallet(
            customer=subscription.customer, currency="usd", amount=10**6, note="So", origin=at()
        )
        move(subscription, behavior, discount)
        assert uses(discount) == 1
        cycle_subscription(subscription_id=subscription.pk, force=True, origin=MIDDLE)
        assert uses(discount) == 1

    @pytest.mark.parametrize("behavior", ["prorate", "next_period"])
    def test_is_not_set_once_it_is_used_up(self, behavior: str) -> None:
        merchant = make_merchant()
        discount = make_discount(merchant, max_redemptions=1)
        give(make_subscription(merchant), discount)
        other = make_subscription(merchant)
        with pytest.raises(DiscountNotRedeemable):
            give(other, discount)
        with pytest.raises(DiscountNotRedeemable):
            move(other, behavior, discount)
        other.refresh_from_db()
        assert (other.discount_id, uses(discount)) == (None, 1)

    def test_is_not_set_beyond_what_one_buyer_may(self) -> None:
        merchant = make_merchant()
        customer = make_subscriber(merchant)
        discount = make_discount(merchant, max_redemptions_per_customer=1)
        first, second = (make_subscription(merchant, customer=customer) for _ in range(2))
        give(first, discount)
        with pytest.raises(DiscountRedemptionLimitReached):
            give(second, discount)
        assert uses(discount) == 1

    @pytest.mark.parametrize("days", [-20, 20])
    def test_must_be_inside_its_window(self, days: int) -> None:
        subscription = make_subscription()
        moment = MIDDLE.at + timedelta(days=days)
        window = {"ends_at": moment} if days < 0 else {"starts_at": moment}
        with pytest.raises(DiscountNotRedeemable):
            give(subscription, make_discount(subscription.organization, **window))


class TestAWaitingDiscount:
    def test_is_given_back_when_the_change_is_cleared(self) -> None:
        subscription = make_subscription()
        discount = make_discount(subscription.organization)
        move(subscription, "next_period", discount)
        discard_pending_update(subscription_id=subscription.pk, origin=MIDDLE)
        assert uses(discount) == 0

    def test_is_given_back_when_the_subscription_ends(self) -> None:
        subscription = make_subscription()
        discount = make_discount(subscription.organization)
        move(subscription, "next_period", discount)
        revoke_subscription(subscription_id=subscription.pk, origin=MIDDLE)
        assert uses(discount) == 0

    def test_is_given_back_for_another_one(self) -> None:
        subscription = make_subscription()
        first, second, third = (make_discount(subscription.organization) for _ in range(3))
        move(subscription, "next_period", first)
        move(subscription, "next_period", second)
        assert (uses(first), uses(second)) == (0, 1)
        give(subscription, third)
        assert (uses(second), uses(third)) == (0, 1)

    @pytest.mark.parametrize("behavior", ["prorate", "invoice"])
    def test_is_kept_by_the_same_at_once(self, behavior: str) -> None:
        subscription = make_subscription()
        discount = make_discount(subscription.organization, max_redemptions=1)
        adjust_wallet(
            customer=subscription.customer, currency="usd", amount=10**6, note="So", origin=at()
        )
        move(subscription, "next_period", discount)
        move(subscription, behavior, discount)
        subscription.refresh_from_db()
        assert (subscription.discount_id, uses(discount)) == (discount.pk, 1)

    def test_is_kept_by_a_trial_that_ends_with_it(self) -> None:
        subscription = make_subscription(trial_end_at=START + timedelta(days=30))
        discount = make_discount(subscription.organization, max_redemptions=1)
        adjust_wallet(
            customer=subscription.customer, currency="usd", amount=10**6, note="So", origin=at()
        )
        move(subscription, "next_period", discount)
        update_subscription(
            subscription_id=subscription.pk,
            wishes=SubscriptionUpdate(changes_trial=True),
            origin=MIDDLE,
        )
        subscription.refresh_from_db()
        assert (subscription.discount_id, uses(discount)) == (discount.pk, 1)
