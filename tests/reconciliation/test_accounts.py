"""The statements of merchants' own accounts agree with our payouts, or somebody is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.core.plans import PlanImpossible
from apps.ledger.models import Entry
from apps.payouts.models import Payout, PayoutAttempt
from apps.payouts.operations import (
    cancel_payout,
    send_payout_to_bank,
    settle_attempt,
    transfer_payout,
)
from apps.processors import gateway
from apps.reconciliation.errors import RepairImpossible
from apps.reconciliation.models import AccountReading, Discrepancy
from apps.reconciliation.operations import (
    explain_discrepancy,
    plan_repair,
    repair_discrepancy,
)
from apps.reconciliation.operations.accounts import compare_account
from apps.reconciliation.selectors.accounts import accounts_to_compare
from apps.reconciliation.tasks import compare_accounts_task
from tests.backoffice.conftest import staff
from tests.payouts.conftest import Bank, bank, origin
from tests.support.books import broken_books
from tests.support.reconciling import later, open_ones
from tests.support.stripesim import stripesim

__all__ = ["bank", "origin", "staff", "stripesim"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def attempt(bank: Bank, origin: Any) -> PayoutAttempt:
    """A payout that is on its way from the account to its bank."""
    payout = bank.request()
    transfer_payout(payout_id=payout.pk, origin=origin)
    made = send_payout_to_bank(payout_id=payout.pk, origin=origin)
    assert made is not None
    return PayoutAttempt.objects.get(pk=made.pk)


def end(bank: Bank, attempt: PayoutAttempt, outcome: str) -> None:
    """What the processor makes of it; nobody here has heard of it."""
    bank.sim.control(f"payouts/{attempt.processor_id}", {"outcome": outcome})


def hear(bank: Bank, attempt: PayoutAttempt, origin: Any) -> None:
    facts = gateway.read_bank_payout(
        account_id=bank.account.processor_id or "", payout_id=attempt.processor_id
    )
    settle_attempt(attempt_id=attempt.pk, facts=facts, origin=origin)


def compare(bank: Bank) -> tuple[int, int]:
    reading = compare_account(account_id=bank.account.pk, origin=later())
    return reading.matched_count, reading.open_count


def the_one() -> Discrepancy:
    return Discrepancy.objects.get(status="open")


class TestAgreement:
    def test_is_found_for_what_arrives(self, bank: Bank, attempt: Any, origin: Any) -> None:
        assert compare(bank) == (2, 0)
        end(bank, attempt, "paid")
        hear(bank, attempt, origin)
        assert compare(bank) == (2, 0)
        assert open_ones() == []

    def test_is_found_for_what_comes_back(self, bank: Bank, attempt: Any, origin: Any) -> None:
        end(bank, attempt, "failed")
        hear(bank, attempt, origin)
        assert compare(bank) == (3, 0)
        cancel_payout(payout_id=attempt.payout_id, origin=origin)
        assert compare(bank) == (4, 0)

    def test_is_looked_for_by_the_hour(self, bank: Bank, attempt: Any) -> None:
        assert accounts_to_compare(at=later().at, limit=9) == [bank.account.pk]
        compare_accounts_task()
        reading = AccountReading.objects.get()
        assert reading.read_at is not None and reading.matched_count == 2

    def test_is_not_expected_at_once(self, bank: Bank, attempt: Any) -> None:
        PayoutAttempt.objects.update(amount=attempt.amount - 1)
        compare_account(account_id=bank.account.pk, origin=later(minutes=1))
        assert open_ones() == []


class TestMissingHere:
    def test_is_brought_in(self, bank: Bank, attempt: Any) -> None:
        end(bank, attempt, "failed")
        assert compare(bank) == (2, 1)
        assert open_ones() == [("missing_here", None, attempt.amount)]
        row = the_one()
        plan = plan_repair(discrepancy_id=row.pk, origin=later())
        assert not plan.obstacles
        attempt.refresh_from_db()
        assert attempt.status != "failed"
        repair_discrepancy(discrepancy_id=row.pk, agreed=plan.fingerprint, origin=later())
        attempt.refresh_from_db()
        row.refresh_from_db()
        assert (attempt.status, row.status) == ("failed", "repaired")
        assert open_ones() == []
        assert not broken_books()

    def test_of_which_nothing_is_known_is_explained(self, bank: Bank, attempt: Any) -> None:
        options: Any = {"stripe_account": bank.account.processor_id}
        bank.sim.control("balance", {"amount": 700, "account": bank.account.processor_id})
        made = bank.sim.client().v1.payouts.create({"amount": 500, "currency": "usd"}, options)
        compare(bank)
        row = Discrepancy.objects.get(subject__contains=made.id)
        assert (row.kind, row.there_amount, row.organization) == ("missing_here", -500, None)
        assert plan_repair(discrepancy_id=row.pk, origin=later()).obstacles
        with pytest.raises((RepairImpossible, PlanImpossible)):
            repair_discrepancy(discrepancy_id=row.pk, origin=later())
        explain_discrepancy(discrepancy_id=row.pk, explanation="By hand.", origin=later())
        compare(bank)
        assert not Discrepancy.objects.filter(subject__contains=made.id, status="open").exists()


class TestMissingThere:
    def test_is_told_with_its_organization(self, bank: Bank, attempt: Any) -> None:
        real = attempt.processor_id
        PayoutAttempt.objects.update(processor_id="po_lost")
        compare(bank)
        assert sorted(open_ones()) == [
            ("missing_here", None, -attempt.amount),
            ("missing_there", -attempt.amount, None),
        ]
        row = Discrepancy.objects.get(kind="missing_there")
        assert row.organization == bank.organization
        PayoutAttempt.objects.update(processor_id=real)
        assert compare(bank) == (2, 0)
        row.refresh_from_db()
        assert row.status == "closed"


class TestDifferent:
    def test_amounts_are_told(self, bank: Bank, attempt: Any) -> None:
        Payout.objects.update(account_amount=attempt.amount - 1)
        compare(bank)
        assert open_ones() == [("different_amount", attempt.amount - 1, attempt.amount)]
        assert "Ours is of" in the_one().detail

    def test_books_without_the_entry_are_told_and_repaired(self, bank: Bank, attempt: Any) -> None:
        reference = f"payout_transfer:{attempt.payout_id}"
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(
                "DELETE FROM ledger_transfer WHERE entry_id IN "
                "(SELECT id FROM ledger_entry WHERE reference = %s)",
                [reference],
            )
            cursor.execute("DELETE FROM ledger_entry WHERE reference = %s", [reference])
            cursor.execute("SET session_replication_role = origin")
        compare(bank)
        row = the_one()
        assert row.kind == "different_amount" and reference in row.detail
        plan = plan_repair(discrepancy_id=row.pk, origin=later())
        repair_discrepancy(discrepancy_id=row.pk, agreed=plan.fingerprint, origin=later())
        assert Entry.objects.filter(reference=reference).exists()
        assert open_ones() == []


def test_stand_on_the_page_of_the_account(bank: Bank, attempt: Any, staff: Any) -> None:
    PayoutAttempt.objects.update(amount=attempt.amount - 1)
    compare(bank)
    client: Client = staff("finance")
    page = reverse("admin:payouts_payoutaccount_change", args=[bank.account.pk])
    shown = client.get(page).content.decode()
    assert "Its statement" in shown and "1 movement agreed" in shown
    row = the_one()
    detail = client.get(reverse("admin:reconciliation_discrepancy_change", args=[row.pk]))
    assert "take over what the account" in detail.content.decode().replace("&#x27;", "'")
    assert "In the account" in detail.content.decode()
