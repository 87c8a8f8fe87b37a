from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

import pytest

from apps.invariants.selectors import Violation
from apps.ledger.books import Move, Place
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry
from apps.ledger.operations import (
    post_entry,
    post_manual_payout,
    post_payout,
    post_payout_arrival,
    post_payout_return,
    post_payout_reversal,
    post_payout_transfer,
    take_checkpoints,
)
from apps.ledger.payouts import PayoutMoney
from apps.ledger.selectors import balances_of, merchant_money
from apps.organizations.models import Organization
from tests.ledger.conftest import NOW, ORIGIN
from tests.support.books import broken_books

pytestmark = pytest.mark.django_db
_numbers = count(1)


def earn(organization: Organization, amount: int, *, available_at: datetime | None) -> None:
    clearing = Place(AccountKind.SALES_CLEARING, "usd", organization.pk)
    merchant = Place(AccountKind.MERCHANT_BALANCE, "usd", organization.pk)
    processor = Place(AccountKind.PROCESSOR_BALANCE, "usd")
    sides = (clearing, merchant) if amount > 0 else (merchant, clearing)
    funds = (processor, clearing) if amount > 0 else (clearing, processor)
    post_entry(
        reference=f"balance:{next(_numbers)}",
        type="balance",
        transfers=[
            Move("payment", *funds, abs(amount)),
            Move("balance", *sides, abs(amount), available_at),
        ],
        organization_id=organization.pk,
        at=NOW,
    )


def days(number: int) -> datetime:
    return NOW + timedelta(days=number)


def amounts(organization: Organization, at: datetime = NOW) -> tuple[int, int, int]:
    money = merchant_money(organization.pk, currency="usd", at=at)
    return money.balance_amount, money.available_amount, money.pending_amount


def money_of(organization: Organization, amount: int = 9750) -> PayoutMoney:
    return PayoutMoney(
        payout_id=uuid4(),
        organization_id=organization.pk,
        currency="usd",
        amount=amount,
        fees=(("account", 200), ("payout", 50)),
    )


def wrong_in_the_ledger() -> list[Violation]:
    """What is wrong with the books alone: here no payout stands behind their entries."""
    return [one for one in broken_books() if one.check.startswith("ledger.")]


def standing(organization: Organization) -> dict[str, int]:
    return {
        one.balance.kind: one.balance.amount
        for one in balances_of(organization.pk)
        if one.balance.amount
    }


class TestMerchantMoney:
    def test_is_nothing_for_who_never_sold(self, organization: Organization) -> None:
        assert amounts(organization) == (0, 0, 0)

    def test_splits_by_maturity_to_the_second(self, organization: Organization) -> None:
        earn(organization, 1000, available_at=days(-1))
        earn(organization, 500, available_at=days(2))
        earn(organization, -100, available_at=None)

        assert amounts(organization) == (1400, 900, 500)
        assert amounts(organization, days(2) - timedelta(seconds=1)) == (1400, 900, 500)
        assert amounts(organization, days(2)) == (1400, 1400, 0)

    def test_releases_by_day_with_what_is_taken(self, organization: Organization) -> None:
        earn(organization, 500, available_at=days(2))
        earn(organization, -60, available_at=days(2) + timedelta(hours=1))
        earn(organization, -40, available_at=days(1))
        money = merchant_money(organization.pk, currency="usd", at=NOW)

        assert [release.amount for release in money.releases] == [-40, 440]
        assert money.next_release is not None and money.next_release.amount == 440
        assert money.is_available_from == days(2) + timedelta(hours=1)
        assert money.available_amount == 0

    def test_is_the_same_with_checkpoints(self, organization: Organization) -> None:
        earn(organization, 1000, available_at=days(3))
        before = amounts(organization)
        take_checkpoints(origin=ORIGIN)
        earn(organization, 70, available_at=days(-3))

        assert before == (1000, 0, 1000)
        assert amounts(organization) == (1070, 70, 1000)


class TestPayouts:
    def test_count_at_once_with_their_fees(self, organization: Organization) -> None:
        earn(organization, 10_000, available_at=days(-1))
        earn(organization, 300, available_at=days(5))
        money = money_of(organization)
        post_payout(money=money, origin=ORIGIN)
        post_payout(money=money, origin=ORIGIN)

        assert amounts(organization) == (300, 0, 300)
        assert standing(organization) == {"merchant_balance": 300, "payouts_due": 9750}

    def test_pass_through_the_payout_account(self, organization: Organization) -> None:
        earn(organization, 10_000, available_at=None)
        money, attempt = money_of(organization), uuid4()
        post_payout(money=money, origin=ORIGIN)
        post_payout_transfer(money=money, transfer_id="tr_1", origin=ORIGIN)
        assert standing(organization) == {"payouts_due": 9750, "payout_accounts": 9750}

        post_payout_arrival(money=money, attempt_id=attempt, amount=9750, origin=ORIGIN)
        assert standing(organization) == {}

        post_payout_return(attempt_id=attempt, origin=ORIGIN)
        post_payout_return(attempt_id=attempt, origin=ORIGIN)
        assert standing(organization) == {"payouts_due": 9750, "payout_accounts": 9750}
        assert wrong_in_the_ledger() == []

    def test_canceled_before_the_transfer_give_all_back(self, organization: Organization) -> None:
        earn(organization, 10_000, available_at=None)
        money = money_of(organization)
        post_payout(money=money, origin=ORIGIN)
        for _ in range(2):
            post_payout_reversal(payout_id=money.payout_id, keeps_fees=False, origin=ORIGIN)

        assert amounts(organization) == (10_000, 10_000, 0)
        reversal = Entry.objects.get(reference=f"reversal:payout:{money.payout_id}")
        assert reversal.corrects == Entry.objects.get(reference=f"payout:{money.payout_id}")
        assert wrong_in_the_ledger() == []

    def test_canceled_after_it_keep_the_fees(self, organization: Organization) -> None:
        earn(organization, 10_000, available_at=None)
        money = money_of(organization)
        post_payout(money=money, origin=ORIGIN)
        post_payout_transfer(money=money, transfer_id="tr_1", origin=ORIGIN)
        post_payout_reversal(payout_id=money.payout_id, keeps_fees=True, origin=ORIGIN)

        assert standing(organization) == {"merchant_balance": 9750}
        assert wrong_in_the_ledger() == []

    def test_made_by_people_leave_the_bank(self, organization: Organization) -> None:
        earn(organization, 10_000, available_at=None)
        money = money_of(organization)
        post_payout(money=money, origin=ORIGIN)
        post_manual_payout(money=money, origin=ORIGIN)

        bank = {one.balance.kind: one.balance.amount for one in balances_of(None)}
        assert standing(organization) == {} and bank["bank_balance"] == -9750
        assert wrong_in_the_ledger() == []
