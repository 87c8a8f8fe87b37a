"""What a payout is made of, and the invoice that the platform writes for it."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from pypdf import PdfReader

from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.organizations.models import Organization
from apps.payouts.errors import (
    InvoiceAlreadyExists,
    InvoiceNotIssued,
    MissingInvoiceBillingDetails,
    PayoutNotSucceeded,
)
from apps.payouts.invoices import converted
from apps.payouts.models import Payout
from apps.payouts.operations import (
    HoldTerms,
    begin_attempt,
    file_invoice,
    issue_reverse_invoice,
    place_hold,
    request_payout,
    set_payout_billing,
    settle_attempt,
)
from apps.payouts.statements import HEADER, statement_csv, statement_of
from tests.payouts.conftest import NOW
from tests.support.payouts import bank_payout, earn, transferred

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(organization: Organization, origin: Origin) -> Payout:
    earn(organization, -500, at=NOW)
    payout = request_payout(organization_id=organization.pk, origin=origin)
    Payout.objects.filter(pk=payout.pk).update(account_currency="jpy")
    transferred(payout, at=NOW, arrived=1400)
    attempt = begin_attempt(payout_id=payout.pk, origin=origin)
    settle_attempt(attempt_id=attempt.pk, facts=bank_payout("paid", at=NOW), origin=origin)
    payout.refresh_from_db()
    return payout


def bill(payout: Payout, origin: Origin) -> None:
    set_payout_billing(
        organization_id=payout.organization_id,
        name="Acme Inc.",
        address={"line1": "1 Main Street", "country": "US"},
        origin=origin,
    )


class TestStatement:
    def test_adds_up_to_what_was_paid(self, paid: Payout) -> None:
        statement = statement_of(paid)
        assert statement.sales_amount == 9500
        assert statement.payout_fees_amount == -paid.fees_amount
        assert statement.total_amount == paid.amount
        assert statement.period_start == statement.period_end == NOW

    def test_has_each_transaction_with_the_digits_of_its_currency(self, paid: Payout) -> None:
        rows = list(csv.reader(statement_csv(paid)))
        assert tuple(rows[0]) == HEADER
        assert [row[5] for row in rows[1:]] == ["100.00", "-5.00", "-2.00", "-0.49"]
        assert {tuple(row[6:]) for row in rows[1:]} == {("92.51", "JPY", "1400")}


class TestIssue:
    def test_freezes_number_and_seller(self, paid: Payout, origin: Origin) -> None:
        with pytest.raises(MissingInvoiceBillingDetails):
            issue_reverse_invoice(payout_id=paid.pk, origin=origin)
        bill(paid, origin)
        issued = issue_reverse_invoice(payout_id=paid.pk, invoice_number="ACME-7", origin=origin)
        assert (issued.invoice_number, issued.invoice_issued_at) == ("ACME-7", NOW)
        assert issued.invoice_billing["name"] == "Acme Inc."
        with pytest.raises(InvoiceAlreadyExists):
            issue_reverse_invoice(payout_id=paid.pk, origin=origin)

    def test_is_for_what_was_paid_alone(self, payout: Payout, origin: Origin) -> None:
        bill(payout, origin)
        with pytest.raises(PayoutNotSucceeded):
            issue_reverse_invoice(payout_id=payout.pk, origin=origin)

    def test_gives_no_number_twice(
        self, paid: Payout, organization: Organization, origin: Origin
    ) -> None:
        bill(paid, origin)
        Payout.objects.filter(pk=paid.pk).update(created_at=NOW.replace(year=2026))
        earn(organization, 10_000, at=NOW)
        other = request_payout(organization_id=organization.pk, origin=origin)
        with pytest.raises(ValidationFailed):
            issue_reverse_invoice(
                payout_id=paid.pk, invoice_number=other.invoice_number, origin=origin
            )


class TestFile:
    def issue(self, paid: Payout, origin: Origin) -> Payout:
        bill(paid, origin)
        return issue_reverse_invoice(payout_id=paid.pk, origin=origin)

    def test_has_the_amounts_in_both_currencies(self, paid: Payout, origin: Origin) -> None:
        issued = self.issue(paid, origin)
        text = words_of(file_invoice(payout_id=issued.pk))
        for shown in ("Acme Inc.", "United States", issued.invoice_number, "$95.00", "$92.51"):
            assert shown in text
        assert "¥1,400" in text and "1 USD = 15.13" in text
        theirs = issued.invoice_facts["account_amounts"]
        assert sum(theirs.values()) == 1400

    def test_never_changes(self, paid: Payout, origin: Origin, settings: Any) -> None:
        issued = self.issue(paid, origin)
        first = file_invoice(payout_id=issued.pk)
        set_payout_billing(
            organization_id=paid.organization_id,
            name="Other Inc.",
            address={"country": "FR"},
            origin=origin,
        )
        settings.PLATFORM_NAME = "Another Platform"
        Payout.objects.filter(pk=paid.pk).update(paid_at=NOW.replace(year=2030))
        assert file_invoice(payout_id=issued.pk) == first
        # Nor does it when the file is lost, or tampered with.
        kept = Payout.objects.get(pk=issued.pk)
        default_storage.delete(kept.invoice_file)
        assert file_invoice(payout_id=issued.pk) == first
        kept.refresh_from_db()
        (Path(settings.MEDIA_ROOT) / kept.invoice_file).write_bytes(b"%PDF-1.7 forged")
        assert file_invoice(payout_id=issued.pk) == first

    def test_is_there_for_what_was_issued_alone(self, paid: Payout) -> None:
        with pytest.raises(InvoiceNotIssued):
            file_invoice(payout_id=paid.pk)

    def test_tells_what_was_kept_back(self, organization: Organization, origin: Origin) -> None:
        place_hold(organization_id=organization.pk, terms=HoldTerms(amount=4000), origin=origin)
        payout = request_payout(organization_id=organization.pk, origin=origin)
        statement = statement_of(payout)
        assert (statement.sales_amount, statement.kept_amount) == (10_000, -4000)
        assert statement.total_amount == payout.amount


def test_shares_in_another_currency_add_up() -> None:
    made = converted({"a": 333, "b": -100, "c": 7}, 240, 1_000_001)
    assert sum(made.values()) == 1_000_001
    assert converted({"a": 0, "b": 0}, 0, 0) == {"a": 0, "b": 0}


def words_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
