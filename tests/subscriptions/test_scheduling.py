from datetime import timedelta

import pytest

from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    cancel_subscription,
    claim_due_subscriptions,
    cycle_if_due,
    pause_subscription,
    revoke_subscription,
)
from apps.subscriptions.operations.scheduling import CLAIM
from apps.subscriptions.scheduling import due_resume_ids, ending_by, resuming_by
from tests.support.subscribers import START, at, make_merchant, make_plan, make_subscription

pytestmark = pytest.mark.django_db
END = START.replace(month=2, day=28)


class TestClaiming:
    def test_takes_what_is_due_and_nobody_has(self) -> None:
        merchant = make_merchant()
        due = make_subscription(merchant)
        make_subscription(merchant, plan=make_plan(merchant, interval="year"))
        assert claim_due_subscriptions(origin=at(END - timedelta(seconds=1))) == []
        assert claim_due_subscriptions(origin=at(END)) == [due.pk]
        assert claim_due_subscriptions(origin=at(END)) == []

    def test_a_claim_of_a_worker_that_died_runs_out(self) -> None:
        due = make_subscription()
        claim_due_subscriptions(origin=at(END))
        assert claim_due_subscriptions(origin=at(END + CLAIM)) == [due.pk]

    def test_cycling_gives_it_back(self) -> None:
        due = make_subscription()
        claim_due_subscriptions(origin=at(END))
        cycle_if_due(subscription_id=due.pk, origin=at(END))
        due.refresh_from_db()
        assert due.claimed_until is None
        assert due.current_period_start_at == END

    def test_one_of_a_small_merchant_does_not_wait_behind_many(self) -> None:
        large, small = make_merchant(), make_merchant()
        plan = make_plan(large)
        for number in range(5):
            make_subscription(large, plan=plan, moment=START - timedelta(hours=number))
        one = make_subscription(small, moment=START)
        claimed = claim_due_subscriptions(limit=2, origin=at(END))
        assert one.pk in claimed

    def test_leaves_out_who_may_not_renew_and_what_ended(self) -> None:
        denied = make_subscription()
        Organization.objects.filter(pk=denied.organization_id).update(
            capabilities={"subscription_renewals": False}
        )
        ended = make_subscription()
        revoke_subscription(subscription_id=ended.pk, origin=at(START + timedelta(days=1)))
        assert claim_due_subscriptions(origin=at(END)) == []
        assert not ending_by(denied.organization_id, END)

    def test_goes_by_the_clock_of_each_organization(self) -> None:
        ahead = make_subscription()
        make_subscription()
        Organization.objects.filter(pk=ahead.organization_id).update(
            clock_offset=timedelta(days=27)
        )
        moment = START + timedelta(days=2)
        assert claim_due_subscriptions(origin=at(moment)) == [ahead.pk]


class TestResuming:
    def test_lists_pauses_whose_date_has_come(self) -> None:
        subscription = make_subscription()
        back = END + timedelta(days=3)
        pause_subscription(subscription_id=subscription.pk, resumes_at=back, origin=at(START))
        cycle_if_due(subscription_id=subscription.pk, origin=at(END))
        assert due_resume_ids(at=END, limit=9) == []
        assert due_resume_ids(at=back, limit=9) == [subscription.pk]
        [due] = resuming_by(subscription.organization_id, back)
        assert (due.at, due.subject_id, due.lane) == (
            back,
            subscription.pk,
            subscription.customer_id,
        )


class TestCyclingWhatIsDue:
    def test_leaves_alone_what_has_ended(self) -> None:
        subscription = make_subscription()
        revoke_subscription(subscription_id=subscription.pk, origin=at(START + timedelta(days=1)))
        assert not cycle_if_due(subscription_id=subscription.pk, origin=at(END))

    def test_lists_the_ends_of_periods_in_their_order(self) -> None:
        merchant = make_merchant()
        plan = make_plan(merchant)
        late = make_subscription(merchant, plan=plan, moment=START)
        early = make_subscription(merchant, plan=plan, moment=START - timedelta(days=5))
        cancel_subscription(subscription_id=late.pk, origin=at(START))
        found = [due.subject_id for due in ending_by(merchant.pk, END)]
        assert found == [early.pk, late.pk]
        assert Subscription.objects.filter(claimed_until__isnull=False).count() == 0
