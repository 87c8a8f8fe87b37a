"""The movements of an account, page by page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from apps.ledger.books import Move, Place
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Account, Checkpoint
from apps.ledger.operations import post_entry
from apps.ledger.selectors import balance, statements
from apps.ledger.selectors.statements import Asked, Statement, statement, types_of
from apps.organizations.models import Organization
from tests.ledger.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> Account:
    """A merchant's balance with 12 movements, a day apart: every third takes out."""
    monkeypatch.setattr(statements, "PAGE", 5)
    merchant = Place(AccountKind.MERCHANT_BALANCE, "usd", organization.pk)
    revenue = Place(AccountKind.PLATFORM_REVENUE, "usd")
    for number in range(12):
        sides = (merchant, revenue) if number % 3 == 2 else (revenue, merchant)
        post_entry(
            reference=f"test:{organization.pk}:{number}",
            type="test",
            transfers=[Move("out" if number % 3 == 2 else "in", *sides, 100 + number)],
            organization_id=organization.pk,
            at=NOW + timedelta(days=number),
        )
    return Account.objects.get(kind="merchant_balance", organization=organization)


def walk(account: Account) -> list[Statement]:
    pages = [statement(account)]
    while pages[-1].next_before:
        pages.append(statement(account, Asked(before=pages[-1].next_before)))
    return pages


class TestStatement:
    def test_shows_each_movement_once_with_the_balance_after_it(self, account: Account) -> None:
        pages = walk(account)
        assert [len(page.movements) for page in pages] == [5, 5, 2]
        movements = [one for page in pages for one in page.movements]
        assert len({one.transfer.pk for one in movements}) == 12
        expected, left = [], 0
        for number in range(12):
            left += (-1 if number % 3 == 2 else 1) * (100 + number)
            expected.append(left)
        assert [one.balance for one in movements] == expected[::-1]
        assert movements[0].balance == balance(account).amount

    def test_reads_balances_from_the_checkpoint_before(self, account: Account) -> None:
        [_, middle, _] = walk(account)
        upto = middle.movements[-1].transfer.pk
        rows = [one.transfer for page in walk(account) for one in page.movements]
        before = [row for row in rows if row.pk <= upto]
        Checkpoint.objects.create(
            account=account,
            last_transfer_id=upto,
            debit_amount=sum(r.amount for r in before if r.debit_account_id == account.pk),
            credit_amount=sum(r.amount for r in before if r.credit_account_id == account.pk),
            taken_at=NOW,
        )
        assert statement(account).movements[0].balance == balance(account).amount

    def test_narrows_to_a_type_without_balances(self, account: Account) -> None:
        found = statement(account, Asked(type="out"))
        assert [one.transfer.amount for one in found.movements] == [111, 108, 105, 102]
        assert {one.balance for one in found.movements} == {None}
        assert types_of(account) == ["in", "out"]

    def test_narrows_to_days(self, account: Account) -> None:
        asked = Asked(since=NOW + timedelta(days=2), until=NOW + timedelta(days=4))
        found = statement(account, asked)
        assert [one.transfer.amount for one in found.movements] == [103, 102]
        assert found.next_before is None

    def test_takes_the_same_queries_for_any_number(
        self, account: Account, django_assert_num_queries: Callable[..., object]
    ) -> None:
        with django_assert_num_queries(4):
            page = statement(account)
            assert all(one.other.kind for one in page.movements)
