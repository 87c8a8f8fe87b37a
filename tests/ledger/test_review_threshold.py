"""Sales that call for a review: what counts, once for many, and nobody twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from apps.core.jobs import keep_jobs
from apps.events.operations import record
from apps.ledger.books import Move, Place
from apps.ledger.handlers import DEBOUNCE_SECONDS
from apps.ledger.kinds import AccountKind
from apps.ledger.operations import check_review_threshold, post_entry
from apps.ledger.selectors.sales import sales_total, unsummed_organization_ids
from apps.ledger.tasks import check_reviews_task
from apps.organizations.models import Organization, OrganizationReview
from apps.organizations.operations import approve_organization, change_status
from tests.cases.world import NOW, make_organization, origin_at
from tests.support.payouts import earn
from tests.support.threads import together


def selling(amount: int = 0) -> Organization:
    organization = make_organization()
    change_status(organization_id=organization.pk, to="active", origin=origin_at())
    if amount:
        earn(organization, amount, at=NOW)
    return organization


def moved(organization: Organization, kind: str, to: AccountKind, amount: int) -> None:
    merchant = Place(AccountKind.MERCHANT_BALANCE, "usd", organization.pk)
    owner = organization.pk if to is not AccountKind.PLATFORM_REVENUE else None
    post_entry(
        reference=f"{kind}:{organization.pk}",
        type=kind,
        transfers=[Move(kind, merchant, Place(to, "usd", owner), amount)],
        organization_id=organization.pk,
        at=NOW,
    )


@pytest.mark.django_db
class TestTotal:
    def test_is_what_was_earned_whatever_was_paid_out_or_kept(self) -> None:
        organization = selling(5000)
        earn(organization, -700, at=NOW)
        moved(organization, "payout", AccountKind.PAYOUTS_DUE, 2000)
        moved(organization, "payout_fee.payout", AccountKind.PLATFORM_REVENUE, 25)
        moved(organization, "hold", AccountKind.HELD, 300)
        moved(organization, "platform_fee", AccountKind.PLATFORM_REVENUE, 100)
        assert sales_total(organization.pk) == 4200
        assert sales_total(make_organization().pk) == 0


@pytest.mark.django_db
class TestSweep:
    def test_finds_who_sold_since(self, settings: Any) -> None:
        settings.SANDBOX = False
        organization, quiet = selling(5000), selling()
        assert unsummed_organization_ids(10) == [organization.pk]
        check_reviews_task()
        organization.refresh_from_db()
        quiet.refresh_from_db()
        assert (organization.status, organization.total_balance) == ("review", 5000)
        assert (quiet.status, quiet.total_balance_at) == ("active", None)
        assert unsummed_organization_ids(10) == []
        assert organization.total_balance_at is not None
        earn(organization, 10, at=organization.total_balance_at + timedelta(seconds=1))
        assert unsummed_organization_ids(10) == [organization.pk]


@pytest.mark.django_db
class TestDebounce:
    def test_asks_once_for_many_sales(
        self, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.SANDBOX = False
        organization, other = selling(), selling()
        for one in (organization, other):
            cache.delete(f"review-check:{one.pk}")
        with keep_jobs() as jobs, django_capture_on_commit_callbacks(execute=True):
            for one in (organization, organization, other, organization):
                self._sell(one)
        checks = [job for job in jobs if job.name == "ledger.check_review"]
        assert [job.kwargs["organization_id"] for job in checks] == [
            str(organization.pk),
            str(other.pk),
        ]
        assert {job.countdown for job in checks} == {DEBOUNCE_SECONDS}

    def test_asks_nothing_in_the_sandbox(
        self, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.SANDBOX = True
        with keep_jobs() as jobs, django_capture_on_commit_callbacks(execute=True):
            self._sell(selling())
        assert not [job for job in jobs if job.name == "ledger.check_review"]

    def _sell(self, organization: Organization) -> None:
        record(
            "balance.order",
            subject=organization,
            organization_id=organization.pk,
            origin=origin_at(),
            payload={"amount": 0},
        )


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_many_checks_open_one_review(self, settings: Any) -> None:
        settings.SANDBOX = False
        organization = selling(5000)

        def check() -> str:
            return check_review_threshold(
                organization_id=organization.pk, origin=origin_at()
            ).status

        assert set(together(*[check] * 8)) == {"review"}
        assert OrganizationReview.objects.filter(organization=organization).count() == 1

    def test_two_approvals_double_once(self, settings: Any) -> None:
        settings.SANDBOX = False
        organization = selling(5000)
        change_status(organization_id=organization.pk, to="review", origin=origin_at())

        def approve() -> int:
            return approve_organization(
                organization_id=organization.pk, origin=origin_at()
            ).next_review_threshold

        outcomes = together(*[approve] * 6)
        assert sum(isinstance(one, Exception) for one in outcomes) == 5
        organization.refresh_from_db()
        assert organization.next_review_threshold == 10_000
