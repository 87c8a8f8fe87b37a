"""Reserves and holds that meet sales, payouts and themselves: nothing is kept or returned twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.core.errors import DomainError
from apps.ledger.models import Transfer
from apps.ledger.operations import post_sale
from apps.organizations.models import Organization
from apps.payouts.models import Payout, ReservePart
from apps.payouts.operations import (
    HoldTerms,
    ReserveTerms,
    place_hold,
    release_due_reserve,
    release_hold,
    release_reserve,
    request_payout,
    set_reserve,
)
from apps.payouts.selectors import whereabouts_of
from tests.ledger.conftest import sale_of
from tests.payouts.conftest import NOW
from tests.support.books import broken_books
from tests.support.merchants import make_organization
from tests.support.payouts import earn, link, make_account, origin_at
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = origin_at(NOW)
ROUNDS = pytest.mark.parametrize("_round", range(3))


@pytest.fixture
def organization() -> Organization:
    made = make_organization()
    link(made, make_account(at=NOW), at=NOW)
    earn(made, 10_000, at=NOW)
    return made


def reserved(organization: Organization) -> int:
    return whereabouts_of(organization.pk, at=NOW).place("reserved").amount


def require_sound(organization: Organization) -> None:
    found = whereabouts_of(organization.pk, at=NOW)
    assert found.total_amount == found.ledger_amount
    assert broken_books() == []


def refusals(outcomes: list[Any]) -> int:
    assert all(not isinstance(one, Exception) or isinstance(one, DomainError) for one in outcomes)
    return sum(isinstance(one, DomainError) for one in outcomes)


@ROUNDS
def test_a_hold_and_a_payout_never_take_the_same_money(
    organization: Organization, _round: int
) -> None:
    terms = HoldTerms(amount=9500)
    outcomes = together(
        lambda: place_hold(organization_id=organization.pk, terms=terms, origin=ORIGIN),
        lambda: request_payout(organization_id=organization.pk, origin=ORIGIN),
    )
    # Whoever comes second finds too little left.
    assert refusals(outcomes) == 1, outcomes
    assert Payout.objects.filter(organization=organization).count() == (
        isinstance(outcomes[1], Payout)
    )
    require_sound(organization)


@ROUNDS
def test_two_holds_keep_no_more_than_there_is(organization: Organization, _round: int) -> None:
    terms = HoldTerms(amount=6000)
    outcomes = together(
        *(
            lambda: place_hold(organization_id=organization.pk, terms=terms, origin=ORIGIN)
            for _ in range(3)
        )
    )
    assert refusals(outcomes) == 2, outcomes
    require_sound(organization)


@ROUNDS
def test_sales_at_once_fill_a_fixed_reserve_exactly(
    organization: Organization, _round: int
) -> None:
    terms = ReserveTerms(kind="fixed", amount=15_000)
    set_reserve(organization_id=organization.pk, terms=terms, origin=ORIGIN)
    sales = [sale_of(organization) for _ in range(4)]
    outcomes = together(
        *(lambda sale=sale: post_sale(sale=sale, origin=ORIGIN) for sale in sales)  # type: ignore[misc]
    )
    assert refusals(outcomes) == 0
    assert reserved(organization) == 15_000
    require_sound(organization)


@ROUNDS
def test_a_sale_told_twice_at_once_is_reserved_once(
    organization: Organization, _round: int
) -> None:
    terms = ReserveTerms(kind="rolling", bps=1000, days=9)
    set_reserve(organization_id=organization.pk, terms=terms, origin=ORIGIN)
    sale = sale_of(organization)
    together(*(lambda: post_sale(sale=sale, origin=ORIGIN) for _ in range(3)))
    assert ReservePart.objects.get().amount == reserved(organization) == 1000
    require_sound(organization)


@ROUNDS
def test_what_is_released_twice_at_once_goes_back_once(
    organization: Organization, _round: int
) -> None:
    terms = ReserveTerms(kind="fixed", amount=4000, release_at=NOW + timedelta(days=1))
    reserve = set_reserve(organization_id=organization.pk, terms=terms, origin=ORIGIN)
    later = origin_at(NOW + timedelta(days=2))
    together(
        lambda: release_due_reserve(reserve_id=reserve.pk, origin=later),
        lambda: release_due_reserve(reserve_id=reserve.pk, origin=later),
        lambda: release_reserve(reserve_id=reserve.pk, origin=later),
    )
    assert reserved(organization) == 0
    back = Transfer.objects.filter(type="reserve_release")
    assert sum(back.values_list("amount", flat=True)) == 4000
    hold = place_hold(organization_id=organization.pk, terms=HoldTerms(amount=700), origin=ORIGIN)
    outcomes = together(*(lambda: release_hold(hold_id=hold.pk, origin=ORIGIN) for _ in range(3)))
    assert refusals(outcomes) == 2
    require_sound(organization)
