"""What staff do by hand: take back, grant again, connect a service."""

from __future__ import annotations

from typing import Any

import pytest

from apps.benefits.errors import GrantNotDue, GrantSettled
from apps.benefits.forms import ConnectForm
from apps.benefits.models import BenefitGrant
from apps.benefits.operations import grant_again, plan_revoke_grant, revoke_grant
from apps.benefits.strategies import ActionRequired
from apps.core.plans import PlanChanged
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import revoke_subscription
from tests.support.grants import SpyStrategy, make_benefit, put_on, spy, work_off
from tests.support.subscribers import START, at, make_merchant, make_subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def strategy() -> SpyStrategy:
    return spy()


@pytest.fixture
def subscription(strategy: SpyStrategy) -> Subscription:
    """One whose benefit is granted."""
    organization = make_merchant()
    made = make_subscription(organization)
    put_on(made.product, make_benefit(organization))
    work_off()
    return made


@pytest.fixture
def grant(subscription: Subscription) -> BenefitGrant:
    return BenefitGrant.objects.get(subscription_id=subscription.pk)


class TestRevoke:
    def test_withholds_whatever_is_paid(self, grant: BenefitGrant) -> None:
        plan = plan_revoke_grant(grant_id=grant.pk, origin=at())
        revoke_grant(grant_id=grant.pk, agreed=plan.fingerprint, origin=at())
        work_off()
        grant.refresh_from_db()
        assert (grant.is_revoked, grant.withheld_at) == (True, START)
        with pytest.raises(GrantSettled):
            revoke_grant(grant_id=grant.pk, origin=at())

    def test_needs_the_plan_that_was_shown(self, grant: BenefitGrant) -> None:
        with pytest.raises(PlanChanged):
            revoke_grant(grant_id=grant.pk, agreed="another", origin=at())
        grant.refresh_from_db()
        assert grant.withheld_at is None

    def test_says_who_keeps_it_all_the_same(
        self, grant: BenefitGrant, subscription: Subscription
    ) -> None:
        make_subscription(
            subscription.organization,
            plan=(subscription.product, list(subscription.product.prices.all())),
            customer=subscription.customer,
        )
        work_off()
        plan = plan_revoke_grant(grant_id=grant.pk, origin=at())
        assert "Another purchase of theirs gives it too, so they keep it." in plan.effects


class TestGrantAgain:
    def test_gives_back_what_was_withheld(self, grant: BenefitGrant) -> None:
        revoke_grant(grant_id=grant.pk, origin=at())
        work_off()
        grant_again(grant_id=grant.pk, origin=at())
        work_off()
        grant.refresh_from_db()
        assert (grant.is_granted, grant.withheld_at) == (True, None)

    def test_brings_it_anew(self, grant: BenefitGrant, strategy: SpyStrategy) -> None:
        grant_again(grant_id=grant.pk, origin=at())
        work_off()
        assert strategy.verbs == ["grant", "update"]

    def test_tries_after_a_failure(self, grant: BenefitGrant, strategy: SpyStrategy) -> None:
        strategy.failure = ActionRequired("No.")
        grant_again(grant_id=grant.pk, origin=at())
        work_off()
        strategy.failure = None
        grant_again(grant_id=grant.pk, origin=at())
        with pytest.raises(GrantSettled):
            grant_again(grant_id=grant.pk, origin=at())
        work_off()
        grant.refresh_from_db()
        assert grant.error is None

    def test_gives_nothing_that_is_not_paid(
        self, grant: BenefitGrant, subscription: Subscription
    ) -> None:
        revoke_subscription(subscription_id=subscription.pk, origin=at())
        work_off()
        with pytest.raises(GrantNotDue):
            grant_again(grant_id=grant.pk, origin=at())
        grant.refresh_from_db()
        assert grant.is_revoked


class TestConnecting:
    @pytest.mark.parametrize(
        ("said", "values"),
        [
            (
                {"provider": "github", "token": "t"},
                {"token": "t", "client_id": "", "client_secret": ""},
            ),
            (
                {"provider": "discord", "token": "t", "client_id": "1", "client_secret": "s"},
                {"bot_token": "t", "client_id": "1", "client_secret": "s"},
            ),
            ({"provider": "discord", "token": "t"}, None),
            ({"provider": "slack", "token": "t"}, None),
        ],
    )
    def test_asks_for_what_the_service_needs(
        self, said: dict[str, Any], values: dict[str, str] | None, rf: Any
    ) -> None:
        asked = {"organization": make_merchant().slug, "reason": "They asked."}
        data = {**asked, **said, "_form_submitted": "1"}
        form = ConnectForm(rf.post("/", data), None, data)
        assert form.is_valid() == (values is not None)
        if values is not None:
            assert form.cleaned_data["values"] == values
