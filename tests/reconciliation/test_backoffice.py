"""What staff see of the comparison, and what finance does about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import User
from apps.core.clock import system_time
from apps.core.models import PeriodicRun
from apps.ledger.models import Entry
from apps.organizations.models import Organization
from apps.reconciliation.models import BalanceTransaction, Discrepancy, FeeRule
from tests.backoffice.acting import act, agree, fingerprint_in, happened
from tests.backoffice.conftest import staff
from tests.support.discrepancies import make_discrepancy
from tests.support.merchants import make_organization
from tests.support.payouts import earn

__all__ = ["staff"]

Staff = Callable[[str], Client]
pytestmark = pytest.mark.django_db
ROW = "reconciliation_discrepancy"
LINE = "reconciliation_balancetransaction"


@pytest.fixture(autouse=True)
def fresh_statement() -> None:
    """Rows alone: no processor is asked."""


@pytest.fixture
def organization() -> Organization:
    return make_organization()


@pytest.fixture
def row(organization: Organization) -> Discrepancy:
    return make_discrepancy(organization, 1, at=system_time())


def page(client: Client, name: str, *keys: object, **query: str) -> str:
    response = client.get(reverse(f"admin:{name}", args=keys), query)
    assert response.status_code == 200
    return response.content.decode()


class TestBoard:
    def test_counts_what_is_open_by_kind_age_and_currency(
        self, staff: Staff, row: Discrepancy
    ) -> None:
        text = page(staff("viewer"), "reconciliation")
        for words in ("Missing here", "$7.00", "oldest 1 day ago", "Stardust 1", "USD"):
            assert words in text
        assert "Run now" not in text
        assert "Run now" in page(staff("finance"), "reconciliation")

    def test_costs_the_same_for_many(self, staff: Staff, organization: Organization) -> None:
        client, counts = staff("finance"), []
        page(client, "reconciliation")  # The first visit notes where the session is used.
        for number in (1, 5):
            for one in range(number):
                make_discrepancy(organization, 10 * number + one, at=system_time())
            with CaptureQueriesContext(connection) as queries:
                page(client, "reconciliation")
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_has_a_run_asked_for(self, staff: Staff, row: Discrepancy) -> None:
        client = staff("finance")
        assert act(client, "reconciliation_run_run_now")["HX-Redirect"]
        assert PeriodicRun.objects.get().name == "reconciliation.run"
        happened("periodic_job.requested", "finance@example.com")


class TestLists:
    def test_filter_by_status_kind_owner_and_fees(self, staff: Staff, row: Discrepancy) -> None:
        client = staff("support")
        assert row.subject in page(client, f"{ROW}_changelist", status__exact="open")
        assert row.subject not in page(client, f"{ROW}_changelist", status__exact="closed")
        assert row.subject not in page(client, f"{ROW}_changelist", mine="yes")
        assert row.subject in page(client, f"{ROW}_changelist", q=row.subject[-12:])
        waiting = page(client, f"{LINE}_changelist", fees="waiting")
        assert "Stardust 1" in waiting
        assert "Adjustment 1" not in waiting


class TestPage:
    def test_shows_both_sides_and_the_proposal(self, staff: Staff, row: Discrepancy) -> None:
        text = page(staff("viewer"), f"{ROW}_change", row.pk)
        for words in (
            "Adjustment 1",
            "The books have nothing of it.",
            "Proposed: book the difference to the platform.",
            "Asked Stripe.",
        ):
            assert words in text
        line = page(staff("viewer"), f"{LINE}_change", row.transaction_id)
        assert reverse(f"admin:{ROW}_change", args=[row.pk]) in line


class TestVerbs:
    def test_repair_by_the_plan_that_is_shown(self, staff: Staff, row: Discrepancy) -> None:
        client = staff("finance")
        shown = act(client, f"{ROW}_repair", row.pk).content.decode()
        assert "$7.00" in shown
        assert agree(client, f"{ROW}_repair", row.pk)["HX-Redirect"]
        row.refresh_from_db()
        assert row.status == "repaired"
        assert Entry.objects.get().type == "correction"
        happened("discrepancy.repaired", "finance@example.com")

    def test_link_an_entry_that_adds_up(
        self, staff: Staff, row: Discrepancy, organization: Organization
    ) -> None:
        earn(organization, 700, at=system_time())
        client, entry = staff("finance"), Entry.objects.get()
        wrong = act(client, f"{ROW}_link", row.pk, reference="balance:none")
        assert "no entry of that reference" in wrong.content.decode()
        done = agree(client, f"{ROW}_link", row.pk, reference=entry.reference)
        assert done["HX-Redirect"]
        row.refresh_from_db()
        assert row.status == "repaired"

    def test_explain_assign_and_note(self, staff: Staff, row: Discrepancy) -> None:
        client = staff("finance")
        user = User.objects.get(email="finance@example.com")
        act(client, f"{ROW}_assign", row.pk, assignee=str(user.pk))
        act(client, f"{ROW}_note", row.pk, text="Waits for the bank.")
        assert row.subject in page(client, f"{ROW}_changelist", mine="yes")
        words = {"explanation": "A goodwill credit of Stripe."}
        assert (
            "Left as a difference"
            in act(client, f"{ROW}_explain", row.pk, **words).content.decode()
        )
        agree(client, f"{ROW}_explain", row.pk, **words)
        row.refresh_from_db()
        assert (row.status, row.assignee) == ("explained", user)
        text = page(client, f"{ROW}_change", row.pk)
        assert "Waits for the bank." in text
        assert "A goodwill credit of Stripe." in text

    def test_classify_a_fee_and_those_like_it(self, staff: Staff, row: Discrepancy) -> None:
        client = staff("finance")
        line = BalanceTransaction.objects.get(category="fee")
        asked = client.get(reverse(f"admin:{LINE}_classify", args=[line.pk])).content.decode()
        assert "Stardust 1" in asked
        wish = {"fee_type": "account", "pattern": "Stardust"}
        shown = act(client, f"{LINE}_classify", line.pk, **wish)
        assert fingerprint_in(shown)
        agree(client, f"{LINE}_classify", line.pk, **wish)
        line.refresh_from_db()
        assert line.fee_type == "account"
        assert FeeRule.objects.filter(pattern="Stardust").exists()
        assert client.get(reverse(f"admin:{LINE}_classify", args=[line.pk])).status_code == 404
