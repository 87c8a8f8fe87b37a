"""Every cent of a merchant is in one place, and each place is the sum of its transfers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.invariants.registry import registered_checks
from apps.ledger.books import Move, Place
from apps.ledger.kinds import AccountKind
from apps.ledger.operations import post_entry, post_sale
from apps.organizations.models import Organization
from apps.organizations.operations import change_status
from apps.payouts.models import Hold, Payout
from apps.payouts.operations import (
    HoldTerms,
    ReserveTerms,
    begin_attempt,
    begin_cancel,
    place_hold,
    release_hold,
    request_payout,
    set_reserve,
    settle_attempt,
)
from apps.payouts.selectors import transfers_in_place, whereabouts_of
from apps.payouts.whereabouts import PLACES, Whereabouts
from tests.ledger.conftest import sale_of
from tests.payouts.conftest import NOW
from tests.support.merchants import make_organization
from tests.support.payouts import bank_payout, earn, link, make_account, origin_at, transferred

pytestmark = pytest.mark.django_db
ORIGIN = origin_at(NOW)


def owned(organization: Organization) -> int:
    """What the ledger has for a merchant, from its transfers alone; no account is named."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(CASE WHEN t.credit_account_id = a.id THEN t.amount
                    ELSE -t.amount END), 0)
            FROM ledger_account a
            JOIN ledger_transfer t ON a.id IN (t.credit_account_id, t.debit_account_id)
            WHERE a.organization_id = %s
                AND a.kind NOT IN ('payout_accounts', 'customer_balance', 'customer_credit')""",
            [organization.pk],
        )
        return int(cursor.fetchone()[0])


def require_whole(organization: Organization, at: Any = NOW) -> Whereabouts:
    found = whereabouts_of(organization.pk, at=at)
    assert found.total_amount == found.ledger_amount == owned(organization)
    for key in PLACES:
        rows = transfers_in_place(organization.pk, key, at=at)
        assert sum(row.signed_amount for row in rows) == _opened(found, key), key
    return found


def _opened(found: Whereabouts, key: str) -> int:
    debt = sum(part.amount for part in found.place("owed_back").parts if "below" in part.title)
    # A debt is made of what is settled.
    return debt if key == "settled" and debt else found.place(key).amount


def amounts(found: Whereabouts) -> dict[str, int]:
    return {place.key: place.amount for place in found.places if place.amount}


class TestPlaces:
    def test_of_money_that_is_kept_back(self, organization: Organization, origin: Origin) -> None:
        earn(organization, 700, at=NOW, available_at=NOW + timedelta(days=3))
        until = NOW + timedelta(days=9)
        place_hold(
            organization_id=organization.pk,
            terms=HoldTerms(amount=1000, release_at=until),
            origin=origin.because("Too many disputes"),
        )
        set_reserve(
            organization_id=organization.pk,
            terms=ReserveTerms(kind="fixed", amount=2500),
            origin=origin.because("New here"),
        )
        found = require_whole(organization)
        assert amounts(found) == {
            "settled": 6500,
            "maturing": 700,
            "held": 1000,
            "reserved": 2500,
        }
        [hold] = found.place("held").parts
        assert (hold.why, hold.by, hold.until) == ("Too many disputes", "system", until)
        assert found.releases[0].amount == 700

    def test_of_payouts_on_their_way(self, payout: Payout, origin: Origin) -> None:
        organization = payout.organization
        assert amounts(require_whole(organization)) == {"in_transit": 9750}
        transferred(payout, at=NOW)
        attempt = begin_attempt(payout_id=payout.pk, amount=4000, origin=origin)
        settle_attempt(attempt_id=attempt.pk, facts=bank_payout("paid", at=NOW), origin=origin)
        found = require_whole(organization)
        assert amounts(found) == {"in_transit": 5750}
        assert found.in_accounts_amount == 5750
        settle_attempt(attempt_id=attempt.pk, facts=bank_payout("failed", at=NOW), origin=origin)
        assert amounts(require_whole(organization)) == {"in_transit": 9750}

    def test_of_payouts_that_wait_for_an_approval(
        self, organization: Organization, origin: Origin
    ) -> None:
        change_status(organization_id=organization.pk, to="review", origin=origin)
        request_payout(organization_id=organization.pk, origin=origin)
        found = require_whole(organization)
        assert amounts(found) == {"held": 9750}
        assert found.place("held").parts[0].why == "The organization is review."

    def test_of_a_debt_and_of_what_buyers_may_get_back(self, organization: Organization) -> None:
        earn(organization, -12_000, at=NOW)
        own = organization.pk
        post_entry(
            reference="dispute_hold:1",
            type="dispute_hold",
            transfers=[
                Move(
                    "dispute_hold",
                    Place(AccountKind.MERCHANT_BALANCE, "usd", own),
                    Place(AccountKind.DISPUTE_HOLDS, "usd", own),
                    300,
                )
            ],
            organization_id=own,
            at=NOW,
        )
        found = whereabouts_of(own, at=NOW)
        assert [(part.title, part.amount) for part in found.place("owed_back").parts] == [
            ("Balance below zero", -2300),
            ("Open disputes", 300),
        ]
        assert found.total_amount == owned(organization) == -2000
        rows = transfers_in_place(own, "owed_back", at=NOW)
        assert sum(row.signed_amount for row in rows) == -2000

    def test_of_a_debt_beside_what_matures(
        self, organization: Organization, origin: Origin
    ) -> None:
        for step in ("book", "request", "hold"):
            STEPS[step](organization)
        found = require_whole(organization)
        assert amounts(found) == {
            "maturing": 9350,
            "in_transit": 9750,
            "held": 777,
            "owed_back": -777,
        }


def test_a_cent_in_no_place_is_found(organization: Organization, origin: Origin) -> None:
    check = registered_checks()["payouts.every_cent_is_in_one_place"]
    terms = HoldTerms(amount=1000)
    place_hold(organization_id=organization.pk, terms=terms, origin=origin)
    request_payout(organization_id=organization.pk, origin=origin)
    assert check.find(NOW, 10).count == 0
    Hold.objects.update(amount=999)
    found = check.find(NOW, 10)
    assert found.count == 1 and found.examples[0].key == str(organization.pk)


STEPS: dict[str, Callable[[Organization], Any]] = {
    "sell": lambda one: earn(one, 3001, at=NOW, available_at=NOW + timedelta(days=2)),
    "book": lambda one: _sale(one),
    "refund": lambda one: earn(one, -4000, at=NOW),
    "hold": lambda one: place_hold(
        organization_id=one.pk, terms=HoldTerms(amount=777), origin=ORIGIN
    ),
    "release": lambda one: release_hold(hold_id=_newest(Hold, one).pk, origin=ORIGIN),
    "reserve": lambda one: set_reserve(
        organization_id=one.pk,
        terms=ReserveTerms(kind="rolling", bps=1500, days=30),
        origin=ORIGIN,
    ),
    "request": lambda one: request_payout(organization_id=one.pk, origin=ORIGIN),
    "transfer": lambda one: transferred(_newest(Payout, one), at=NOW),
    "part": lambda one: _arrive(_newest(Payout, one), 1000),
    "rest": lambda one: _arrive(_newest(Payout, one), None),
    "cancel": lambda one: begin_cancel(payout_id=_newest(Payout, one).pk, origin=ORIGIN),
    "review": lambda one: change_status(organization_id=one.pk, to="review", origin=ORIGIN),
    "approve": lambda one: change_status(organization_id=one.pk, to="active", origin=ORIGIN),
}


def _newest(model: Any, organization: Organization) -> Any:
    return model.objects.filter(organization=organization).latest("created_at")


def _sale(organization: Organization) -> None:
    post_sale(sale=sale_of(organization), origin=ORIGIN)


def _arrive(payout: Payout, amount: int | None) -> None:
    attempt = begin_attempt(payout_id=payout.pk, amount=amount, origin=ORIGIN)
    settle_attempt(attempt_id=attempt.pk, facts=bank_payout("paid", at=NOW), origin=ORIGIN)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_whatever_happens_no_cent_is_in_two_places_or_in_none(steps: list[str]) -> None:
    with transaction.atomic():
        organization = make_organization()
        link(organization, make_account(at=NOW), at=NOW)
        earn(organization, 10_000, at=NOW)
        for step in steps:
            try:
                with transaction.atomic():
                    STEPS[step](organization)
            except (DomainError, Hold.DoesNotExist, Payout.DoesNotExist):
                continue
            require_whole(organization)
            require_whole(organization, NOW + timedelta(days=5))
        transaction.set_rollback(True)
