from datetime import timedelta
from typing import Any

import pytest

from apps.core.plans import Plan, PlanChanged
from apps.subscriptions.models import BillingEntry, Subscription
from apps.subscriptions.operations import (
    change_product,
    change_seats,
    discard_pending_update,
    plan_change_product,
    plan_change_seats,
    plan_discard_pending_update,
)
from tests.support.subscribers import (
    START,
    at,
    make_merchant,
    make_plan,
    make_subscription,
    seat_price,
)

pytestmark = pytest.mark.django_db
MIDDLE = START + timedelta(days=14)
LATER = MIDDLE + timedelta(minutes=7)


@pytest.fixture
def subscription() -> Subscription:
    return make_subscription()


def wishes(subscription: Subscription, behavior: str = "prorate") -> dict[str, Any]:
    product, _ = make_plan(subscription.organization, 3_000_000, name="Better")
    return {
        "subscription_id": subscription.pk,
        "product_id": product.pk,
        "behavior": behavior,
    }


def lines(plan: Plan) -> dict[str, tuple[str, str]]:
    return {row.subject: (row.before, row.after) for row in plan.changes}


class TestPlanChangeProduct:
    def test_says_what_recurs_and_how_it_is_billed(self, subscription: Subscription) -> None:
        wish = wishes(subscription, "invoice")
        plan = plan_change_product(**wish, origin=at(MIDDLE))
        assert lines(plan) == {
            "Product": ("Pro", "Better"),
            "Each period": ("$10.00", "$30,000.00"),
        }
        assert plan.effects[1] == "If the payment fails, nothing changes."
        assert [one.event for one in plan.webhooks][-1] == "order.paid"
        assert plan.notes == ("At this moment the difference is $14,995.00, before tax.",)
        assert not BillingEntry.objects.exists()

    def test_is_the_same_some_minutes_later(self, subscription: Subscription) -> None:
        wish = wishes(subscription)
        plan = plan_change_product(**wish, origin=at(MIDDLE))
        again = plan_change_product(**wish, origin=at(LATER))
        assert again.notes != plan.notes
        changed = change_product(**wish, agreed=plan.fingerprint, origin=at(LATER))
        assert changed.amount == 3_000_000

    @pytest.mark.parametrize("behavior", ["prorate", "next_period"])
    def test_is_not_carried_out_as_another(self, subscription: Subscription, behavior: str) -> None:
        wish = wishes(subscription, behavior)
        plan = plan_change_product(**wish, origin=at(MIDDLE))
        other, _ = make_plan(subscription.organization, 5000, name="Other")
        change_product(
            subscription_id=subscription.pk,
            product_id=other.pk,
            behavior="prorate",
            origin=at(MIDDLE),
        )
        with pytest.raises(PlanChanged):
            change_product(**wish, agreed=plan.fingerprint, origin=at(LATER))
        assert Subscription.objects.get().product_id == other.pk

    def test_of_what_it_is_is_impossible(self, subscription: Subscription) -> None:
        plan = plan_change_product(
            subscription_id=subscription.pk,
            product_id=subscription.product_id,
            behavior="prorate",
            origin=at(MIDDLE),
        )
        assert plan.obstacles

    def test_tells_that_a_trial_ends(self) -> None:
        subscription = make_subscription(trial_end_at=START + timedelta(days=20))
        plan = plan_change_product(**wishes(subscription), origin=at(MIDDLE))
        assert plan.effects == ("The trial ends now, and the first period is billed.",)


class TestPlanChangeSeats:
    def test_shows_the_numbers_now_or_then(self) -> None:
        merchant = make_merchant()
        subscription = make_subscription(
            merchant, plan=make_plan(merchant, prices=[seat_price(500)]), seats=2
        )
        for behavior in ("prorate", "next_period"):
            wish = {"subscription_id": subscription.pk, "seats": 5, "behavior": behavior}
            plan = plan_change_seats(**wish, origin=at(MIDDLE))
            assert lines(plan)["Seats"] == ("2", "5")
        change_seats(**wish, agreed=plan.fingerprint, origin=at(LATER))
        waiting = plan_discard_pending_update(subscription_id=subscription.pk)
        assert not waiting.obstacles
        discard_pending_update(subscription_id=subscription.pk, origin=at(LATER))
        assert plan_discard_pending_update(subscription_id=subscription.pk).obstacles
