"""What staff see of payouts, and what finance does with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.approvals.models import Approval
from apps.core.origin import Door, system_origin
from apps.events.models import Event
from apps.organizations.models import Organization
from apps.payouts.models import Payout, PayoutAccount, PayoutProfile
from apps.payouts.operations import (
    begin_attempt,
    begin_transfer,
    fail_attempt,
    issue_reverse_invoice,
    mark_payout_paid,
    refuse_transfer,
    request_payout,
    set_payout_billing,
)
from apps.payouts.selectors import money_of
from tests.backoffice.acting import act, agree, fingerprint_in, happened
from tests.backoffice.conftest import staff
from tests.support.approvals import limit, make_staff
from tests.support.merchants import make_organization
from tests.support.payouts import earn, link, make_account, prove, transferred

__all__ = ["staff"]

Staff = Callable[[str], Client]
pytestmark = pytest.mark.django_db
NOW = system_origin(Door.TASK)
SLUG = "organization"


@pytest.fixture
def organization() -> Organization:
    made = make_organization()
    link(made, make_account(at=NOW.at), at=NOW.at)
    earn(made, 10_000, at=NOW.at)
    return made


@pytest.fixture
def payout(organization: Organization) -> Payout:
    return request_payout(organization_id=organization.pk, origin=NOW)


def page(client: Client, name: str, *keys: object, **query: str) -> str:
    response = client.get(reverse(f"admin:{name}", args=keys), query)
    assert response.status_code == 200
    return response.content.decode()


class TestPages:
    def test_show_the_money_and_where_it_is(
        self, staff: Staff, organization: Organization, payout: Payout
    ) -> None:
        transferred(payout, at=NOW.at)
        attempt = begin_attempt(payout_id=payout.pk, amount=5000, origin=NOW)
        fail_attempt(attempt_id=attempt.pk, code="x", message="It was closed.", origin=NOW)
        client = staff("viewer")

        listed = page(client, "payouts_payout_changelist", status="failed")
        assert payout.invoice_number in listed and "$97.50" in listed and "It was closed." in listed
        shown = page(client, "payouts_payout_change", payout.pk)
        assert f"payout_transfer:{payout.pk}" in shown and "$50.00" in shown
        assert payout.invoice_number in page(
            client, "organizations_organization_change", organization.pk
        )
        assert "Attempt 1" in page(client, "payouts_payoutattempt_change", attempt.pk)
        account = page(client, "payouts_payoutaccount_change", payout.payout_account_id)
        assert organization.slug in account and "ready" in account
        assert "$97.50" in page(client, "payouts_payout_changelist", q=f"tr_{payout.pk.hex}")


class TestRequest:
    def test_shows_the_plan_and_does_it(self, staff: Staff, organization: Organization) -> None:
        client = staff("finance")
        wanted = {SLUG: organization.slug}
        text = act(client, "payouts_payout_ask_for", **wanted).content.decode()
        assert "$100.00" in text and "$97.50" in text and "payouts due" in text
        assert not Payout.objects.exists()

        agree(client, "payouts_payout_ask_for", **wanted)
        payout = Payout.objects.get()
        assert payout.amount == 9750
        assert happened("payout.created", "finance@example.com").subject_id == str(payout.pk)

    def test_says_why_it_is_refused(self, staff: Staff, payout: Payout) -> None:
        answer = act(staff("finance"), "payouts_payout_ask_for", **{SLUG: payout.organization.slug})
        assert "Only one payout" in answer.content.decode()
        assert act(staff("support"), "payouts_payout_ask_for").status_code == 403


class TestCancel:
    def test_gives_the_money_back_as_planned(self, staff: Staff, payout: Payout) -> None:
        text = act(staff("finance"), "payouts_payout_cancel", payout.pk).content.decode()
        assert "gets the fees back" in text and "merchant balance" in text
        agree(staff("finance"), "payouts_payout_cancel", payout.pk)

        payout.refresh_from_db()
        assert payout.status == "canceled"
        assert money_of(payout.organization_id, at=NOW.at).available_amount == 10_000

    def test_does_another_plan_only_once_it_was_seen(self, staff: Staff, payout: Payout) -> None:
        client = staff("finance")
        shown = act(client, "payouts_payout_cancel", payout.pk)
        transferred(payout, at=NOW.at)
        again = act(client, "payouts_payout_cancel", payout.pk, _agreed=fingerprint_in(shown))
        assert "The fees stay paid." in again.content.decode()
        payout.refresh_from_db()
        assert payout.status == "pending"


class TestRetry:
    def test_proposes_what_is_left(self, staff: Staff, payout: Payout) -> None:
        transferred(payout, at=NOW.at)
        attempt = begin_attempt(payout_id=payout.pk, origin=NOW)
        fail_attempt(attempt_id=attempt.pk, code="x", message="No.", origin=NOW)
        dialog = page(staff("finance"), "payouts_payout_retry", payout.pk)
        assert "$97.50 is left." in dialog and 'value="97.50"' in dialog
        plan = act(staff("finance"), "payouts_payout_retry", payout.pk, amount="50").content
        assert b"$47.50 of the payout is left" in plan
        over = act(staff("finance"), "payouts_payout_retry", payout.pk, amount="98").content
        assert b"more than what is left" in over

    def test_of_a_refused_transfer_is_planned(self, staff: Staff, payout: Payout) -> None:
        begin_transfer(payout_id=payout.pk, origin=NOW)
        refuse_transfer(payout_id=payout.pk, code="x", message="No.", origin=NOW)
        plan = act(staff("finance"), "payouts_payout_retry", payout.pk, amount="").content
        assert b"is transferred again" in plan


class TestTotals:
    def test_are_of_what_the_list_shows_by_status(
        self, staff: Staff, organization: Organization, payout: Payout
    ) -> None:
        other = make_organization()
        link(other, make_account(at=NOW.at), at=NOW.at)
        earn(other, 20_000, at=NOW.at)
        second = request_payout(organization_id=other.pk, origin=NOW)
        text = page(staff("viewer"), "payouts_payout_changelist")
        both = f"${(payout.amount + second.amount) / 100:.2f}"
        assert both in text and "2 payouts" in text
        mine = page(
            staff("viewer"), "payouts_payout_changelist", organization__id__exact=str(other.pk)
        )
        assert both not in mine and "1 payout<" in mine
        assert "bo-totals" not in page(staff("viewer"), "payouts_payout_changelist", q="nobody")


class TestFiles:
    @pytest.fixture
    def by_hand(self) -> Payout:
        organization = make_organization()
        link(organization, make_account(at=NOW.at, type="manual"), at=NOW.at)
        earn(organization, 5000, at=NOW.at)
        return request_payout(organization_id=organization.pk, origin=NOW)

    def test_of_the_bank_are_attached_and_read_by_finance_alone(
        self, staff: Staff, by_hand: Payout
    ) -> None:
        address = reverse("admin:payouts_payout_proofs", args=[by_hand.pk])
        file = SimpleUploadedFile("advice.pdf", b"%PDF-1.7 paid")
        assert staff("support").post(address, {"file": file}).status_code == 403
        file.seek(0)
        answer = staff("finance").post(address, {"file": file}).content.decode()
        assert "advice.pdf" in answer and "<html" not in answer
        proof = by_hand.proofs.get()
        one = reverse("admin:payouts_payout_proof", args=[by_hand.pk, proof.pk])
        assert b"".join(staff("finance").get(one)) == b"%PDF-1.7 paid"  # type: ignore[arg-type]
        assert staff("support").get(one).status_code == 403
        assert "advice.pdf" in page(staff("viewer"), "payouts_payout_change", by_hand.pk)

    def test_of_the_bank_are_documents(self, staff: Staff, by_hand: Payout) -> None:
        address = reverse("admin:payouts_payout_proofs", args=[by_hand.pk])
        for sent in ({"file": SimpleUploadedFile("x.pdf", b"<script>")}, {}):
            assert b"bo-refusal" in staff("finance").post(address, sent).content
        assert by_hand.proofs.count() == 0

    def test_of_ours_are_read_by_support(self, staff: Staff, by_hand: Payout) -> None:
        prove(by_hand, at=NOW.at)
        mark_payout_paid(payout_id=by_hand.pk, reference="WIRE 9", origin=NOW)
        own = {"organization_id": by_hand.organization_id, "origin": NOW}
        set_payout_billing(name="Acme", address={"country": "US"}, **own)
        invoice = reverse("admin:payouts_payout_invoice", args=[by_hand.pk])
        assert staff("support").get(invoice).status_code == 404
        issue_reverse_invoice(payout_id=by_hand.pk, origin=NOW)
        assert staff("support").get(invoice).content.startswith(b"%PDF")
        csv = staff("support").get(reverse("admin:payouts_payout_csv", args=[by_hand.pk]))
        assert b"50.00" in b"".join(csv)  # type: ignore[arg-type]
        assert invoice in page(staff("support"), "payouts_payout_change", by_hand.pk)


class TestBilling:
    def test_is_set_once_it_was_seen(self, staff: Staff, organization: Organization) -> None:
        client = staff("finance")
        facts = {
            SLUG: organization.slug,
            "name": "Acme Ltd",
            "line1": "1 Road",
            "city": "Leeds",
            "country": "GB",
        }
        shown = act(client, "payouts_payout_billing", **facts).content.decode()
        assert "Acme Ltd, 1 Road, Leeds, GB" in shown
        assert not Event.objects.filter(type="organization.payout_billing_changed").exists()
        agree(client, "payouts_payout_billing", **facts)
        profile = PayoutProfile.objects.get(organization=organization)
        assert (profile.billing_name, profile.billing_address["city"]) == ("Acme Ltd", "Leeds")
        again = act(client, "payouts_payout_billing", **facts).content.decode()
        assert "Nothing would change" in again


class TestManual:
    def test_is_marked_as_paid_with_a_reference(self, staff: Staff) -> None:
        organization = make_organization()
        link(organization, make_account(at=NOW.at, type="manual"), at=NOW.at)
        earn(organization, 5000, at=NOW.at)
        payout = request_payout(organization_id=organization.pk, origin=NOW)
        prove(payout, at=NOW.at)
        agree(staff("finance"), "payouts_payout_mark_paid", payout.pk, reference="WIRE 7")

        payout.refresh_from_db()
        assert (payout.status, payout.reference) == ("succeeded", "WIRE 7")
        assert happened("payout.paid", "finance@example.com")


class TestAccounts:
    def test_are_opened_and_given_to_organizations(
        self, staff: Staff, organization: Organization
    ) -> None:
        client = staff("finance")
        facts = {"type": "manual", "name": "Acme Bank", "country": "us", "currency": "usd"}
        shown = act(client, "payouts_payoutaccount_open_account", **facts).content.decode()
        assert "marked as paid by people" in shown and "POST /v1/accounts" not in shown
        stripe = {**facts, "type": "stripe"}
        shown = act(client, "payouts_payoutaccount_open_account", **stripe).content.decode()
        assert "POST /v1/accounts" in shown
        assert not PayoutAccount.objects.filter(name="Acme Bank").exists()
        agree(client, "payouts_payoutaccount_open_account", **facts)
        account = PayoutAccount.objects.get(name="Acme Bank")
        agree(
            client,
            "payouts_payoutaccount_link",
            **{SLUG: organization.slug, "account": str(account.pk)},
        )
        assert PayoutProfile.objects.get().payout_account == account

        act(client, "payouts_payoutaccount_close", account.pk)
        account.refresh_from_db()
        assert account.deleted_at is None
        agree(client, "payouts_payoutaccount_link", **{SLUG: organization.slug, "account": ""})
        agree(client, "payouts_payoutaccount_close", account.pk)
        account.refresh_from_db()
        assert account.deleted_at is not None

    def test_are_changed_and_paid_by_themselves_by_two(
        self, staff: Staff, organization: Organization
    ) -> None:
        """Or a limit would hold for nobody who sends the money elsewhere, or has it sent."""
        limit("finance", 100_000)
        account = make_account(at=NOW.at, type="manual")
        before = PayoutProfile.objects.get().payout_account
        client = staff("finance")
        agree(
            client,
            "payouts_payoutaccount_link",
            **{SLUG: organization.slug, "account": str(account.pk)},
        )
        facts = {SLUG: organization.slug, "schedule": "daily"}
        agree(client, "payouts_payout_schedule", **facts)
        profile = PayoutProfile.objects.get()
        assert (profile.payout_account, profile.schedule) == (before, "off")
        assert Approval.objects.count() == 2
        other = Client()
        other.force_login(make_staff())
        for approval in Approval.objects.all():
            agree(other, "approvals_approval_approve", approval.pk)
        profile.refresh_from_db()
        assert (profile.payout_account, profile.schedule) == (account, "daily")

    def test_are_paid_by_a_schedule(self, staff: Staff, organization: Organization) -> None:
        agree(
            staff("finance"),
            "payouts_payout_schedule",
            **{SLUG: organization.slug, "schedule": "weekly"},
        )
        assert PayoutProfile.objects.get().next_payout_at is not None
