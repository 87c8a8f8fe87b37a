from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from apps.ledger.books import EntryConflict, Move, Place
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Account, Entry, Transfer
from apps.ledger.operations import post_entry
from apps.ledger.selectors import balance
from tests.ledger.conftest import NOW

CASH = Place(AccountKind.PROCESSOR_BALANCE, "usd")
TAX = Place(AccountKind.TAX_LIABILITY, "usd")
EUR = Place(AccountKind.TAX_LIABILITY, "eur")

pytestmark = pytest.mark.django_db


def post(amount=500, reference="test:1", **facts):
    return post_entry(
        reference=reference,
        type="payment",
        transfers=[Move("tax", CASH, TAX, amount)],
        organization_id=None,
        at=NOW,
        **facts,
    )


class TestMove:
    @pytest.mark.parametrize("amount", [0, -1])
    def test_refuses_what_is_not_positive(self, amount):
        with pytest.raises(ValueError, match="positive"):
            Move("tax", CASH, TAX, amount)

    def test_refuses_two_currencies(self):
        with pytest.raises(ValueError, match="usd into eur"):
            Move("tax", CASH, EUR, 1)

    def test_refuses_a_single_place(self):
        with pytest.raises(ValueError, match="both sides"):
            Move("tax", CASH, CASH, 1)


class TestPostEntry:
    def test_moves_the_amount(self):
        post()

        assert balance(Account.objects.get(kind=CASH.kind)).amount == 500
        assert balance(Account.objects.get(kind=TAX.kind)).amount == 500

    def test_changes_nothing_the_second_time(self):
        first = post()

        again = post_entry(
            reference="test:1",
            type="payment",
            transfers=[Move("tax", CASH, TAX, 500, NOW)],
            organization_id=None,
            at=NOW + timedelta(days=1),
        )

        assert again == first
        assert again.posted_at == NOW
        assert Transfer.objects.count() == 1

    def test_refuses_other_amounts_under_the_same_reference(self):
        post()

        with pytest.raises(EntryConflict, match="another transfers"):
            post(amount=501)

        assert Transfer.objects.get().amount == 500

    def test_refuses_other_facts_under_the_same_reference(self):
        post()

        with pytest.raises(EntryConflict, match="another details"):
            post(details={"charge_id": "ch_1"})

    def test_refuses_an_entry_without_a_transfer(self):
        with pytest.raises(ValueError, match="needs a transfer"):
            post_entry(
                reference="test:1", type="payment", transfers=[], organization_id=None, at=NOW
            )

        assert not Entry.objects.exists()


class TestAppendOnly:
    @pytest.mark.parametrize("table", ["ledger_account", "ledger_entry", "ledger_transfer"])
    @pytest.mark.parametrize(
        "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
    )
    def test_the_database_refuses(self, table, statement):
        post()

        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            # Checks of the new rows still wait for the commit, which TRUNCATE would complain of.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement.format(table))


class TestCurrency:
    @pytest.mark.parametrize("side", ["debit_account", "credit_account"])
    def test_the_database_refuses_an_account_of_another(self, side):
        entry = post()
        transfer = entry.transfers.get()
        stranger = Account.objects.create(kind=EUR.kind, currency="eur")
        sides = {
            "debit_account": transfer.debit_account,
            "credit_account": transfer.credit_account,
            side: stranger,
        }

        with pytest.raises(IntegrityError, match="currency"), transaction.atomic():
            Transfer.objects.create(
                entry=entry, type="tax", amount=1, currency="usd", posted_at=NOW, **sides
            )
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
