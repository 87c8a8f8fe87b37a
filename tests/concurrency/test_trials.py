"""Two customers with one card, or one mailbox, who want the one trial at the same moment."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest

from apps.checkouts.models import Checkout
from apps.subscriptions.errors import TrialAlreadyRedeemed
from apps.subscriptions.models import Subscription, TrialRedemption
from apps.subscriptions.operations import redeeming
from tests.concurrency.test_sale_crashes import confirm
from tests.concurrency.test_subscription_sales import make_plan, open_checkout
from tests.support.stripesim import stripesim
from tests.support.threads import together
from tests.support.tills import BUYER, Till, till

__all__ = ["stripesim", "till"]

Buyer = tuple[str, str]
VISA, MASTERCARD = "pm_card_visa", "pm_card_mastercard"
ONE_CARD: tuple[Buyer, Buyer] = (("ada@example.com", VISA), ("bob@example.com", VISA))
ONE_MAILBOX: tuple[Buyer, Buyer] = (("ada+1@example.com", VISA), ("ada+2@example.com", MASTERCARD))


@pytest.fixture
def checkouts(till: Till) -> list[Checkout]:
    organization = till.merchant.organization
    organization.subscription_settings["prevent_trial_abuse"] = True
    organization.save(update_fields=["subscription_settings"])
    product = make_plan(till, has_trial=True)
    return [open_checkout(till, product) for _ in range(2)]


def take(till: Till, checkouts: list[Checkout], buyers: tuple[Buyer, Buyer]) -> list[Any]:
    def work(checkout: Checkout, buyer: Buyer) -> Checkout:
        email, card = buyer
        return confirm(till, checkout.pk, card, {**BUYER, "customer_email": email})

    [first, second] = zip(checkouts, buyers, strict=True)
    return together(lambda: work(*first), lambda: work(*second))


@pytest.mark.parametrize("buyers", [ONE_CARD, ONE_MAILBOX])
class TestTwoCustomers:
    def test_would_both_have_it_without_the_lock(
        self,
        till: Till,
        checkouts: list[Checkout],
        buyers: tuple[Buyer, Buyer],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        barrier = Barrier(2)
        real = redeeming.redeem_trial

        def after_both_asked(**facts: Any) -> TrialRedemption:
            barrier.wait(20)
            return real(**facts)

        monkeypatch.setattr(redeeming, "lock_trial_names", lambda *names: None)
        monkeypatch.setattr("apps.checkouts.operations.guarding.redeem_trial", after_both_asked)
        results = take(till, checkouts, buyers)
        assert [one.status for one in results] == ["confirmed", "confirmed"]

    @pytest.mark.parametrize("_round", range(3))
    def test_one_of_them_has_it(
        self, till: Till, checkouts: list[Checkout], buyers: tuple[Buyer, Buyer], _round: int
    ) -> None:
        results = take(till, checkouts, buyers)

        [refused] = [one for one in results if isinstance(one, Exception)]
        assert isinstance(refused, TrialAlreadyRedeemed)
        till.settle_until(lambda: Subscription.objects.exists())
        assert TrialRedemption.objects.count() == 1


def test_a_failed_attempt_leaves_it_to_others(till: Till, checkouts: list[Checkout]) -> None:
    first, second = checkouts
    confirm(till, first.pk, "pm_card_threeDSecure2Required")
    other = {**BUYER, "customer_email": "buyer+1@example.com"}
    with pytest.raises(TrialAlreadyRedeemed):
        confirm(till, second.pk, VISA, other)
    till.answer_challenge(Checkout.objects.get(pk=first.pk).intent_id or "", passes=False)
    till.settle_until(lambda: Checkout.objects.get(pk=first.pk).status == "open")
    assert not TrialRedemption.objects.exists()
    assert confirm(till, second.pk, VISA, other).status == "confirmed"
