"""What staff do: one operation each, with actor and reason."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.approvals.models import Approval
from apps.core.clock import system_time
from apps.core.models import PeriodicRun
from apps.events.models import Event
from apps.ledger.models import FeeCredit, FeePlan
from apps.ledger.selectors import fee_terms
from apps.ledger.selectors.fees import DEFAULT_TERMS
from apps.organizations.models import AccessToken
from apps.organizations.selectors import valid_access_token
from tests.backoffice.acting import act, agree, happened
from tests.backoffice.world import Sold
from tests.support.approvals import limit

Staff = Callable[[str], Client]


class TestTokens:
    def test_are_shown_once_and_work(self, staff: Staff, sold: Sold) -> None:
        client = staff("admin")
        response = act(
            client,
            "organizations_organization_issue_token",
            sold.organization.pk,
            comment="Webshop",
            scope_set="chosen",
            scopes="products:read orders:read",
        )
        token = AccessToken.objects.get(comment="Webshop")
        assert token.scopes == ["orders:read", "products:read"]
        text = response.content.decode()
        plaintext = text[text.index("polar_oat_") :].split("<")[0].strip()
        assert valid_access_token(plaintext, at=system_time()) == token
        assert "no-store" in response["Cache-Control"]
        again = client.get(reverse("admin:organizations_accesstoken_change", args=[token.pk]))
        assert plaintext not in again.content.decode()
        assert plaintext not in str(happened("access_token.issued", "admin@example.com").payload)

    def test_refuse_an_unknown_scope_in_the_dialog(self, staff: Staff, sold: Sold) -> None:
        response = act(
            staff("admin"),
            "organizations_organization_issue_token",
            sold.organization.pk,
            comment="Webshop",
            scope_set="chosen",
            scopes="everything:write",
        )
        assert b"Unknown scopes: everything:write." in response.content
        assert not AccessToken.objects.filter(comment="Webshop").exists()

    def test_are_rotated_and_the_new_one_shown_once(self, staff: Staff, sold: Sold) -> None:
        name = "organizations_accesstoken_rotate"
        shown = agree(staff("admin"), name, sold.token.pk).content.decode()

        plaintext = shown[shown.index("polar_oat_") :].split("<")[0].strip()
        new = valid_access_token(plaintext, at=system_time())
        assert new is not None
        assert (new.comment, new.scopes) == (sold.token.comment, sold.token.scopes)
        sold.token.refresh_from_db()
        assert sold.token.revoked_at is not None
        assert act(staff("admin"), name, sold.token.pk).status_code == 404
        assert act(staff("support"), name, new.pk).status_code in (403, 404)

    def test_are_revoked_once(self, staff: Staff, sold: Sold) -> None:
        name = "organizations_accesstoken_revoke"
        assert "HX-Redirect" in agree(staff("support"), name, sold.token.pk)
        sold.token.refresh_from_db()
        assert sold.token.revoked_at is not None
        happened("access_token.revoked", "support@example.com")
        assert act(staff("support"), name, sold.token.pk).status_code == 404


class TestCustomers:
    def test_are_deleted(self, staff: Staff, sold: Sold) -> None:
        act(staff("support"), "customers_customer_remove", sold.customer.pk)
        sold.customer.refresh_from_db()
        assert sold.customer.deleted_at is not None
        happened("customer.deleted", "support@example.com")

    def test_are_forgotten(self, staff: Staff, sold: Sold) -> None:
        email = sold.customer.email
        act(staff("support"), "customers_customer_anonymize", sold.customer.pk)
        sold.customer.refresh_from_db()
        assert sold.customer.email != email
        happened("customer.anonymized", "support@example.com")


class TestProducts:
    def test_are_archived_and_restored(self, staff: Staff, sold: Sold) -> None:
        act(staff("support"), "catalog_product_archive", sold.product.pk)
        sold.product.refresh_from_db()
        assert sold.product.is_archived
        assert Event.objects.filter(subject_id=str(sold.product.pk), actor="staff").exists()
        act(staff("support"), "catalog_product_restore", sold.product.pk)
        sold.product.refresh_from_db()
        assert not sold.product.is_archived


class TestMachinery:
    def test_replays_a_provider_event(self, staff: Staff, sold: Sold) -> None:
        act(staff("support"), "processors_inboundevent_replay", sold.inbound.pk)
        sold.inbound.refresh_from_db()
        assert sold.inbound.status == "received"
        happened("inbound_event.replayed", "support@example.com")

    def test_retries_a_dead_task_once(self, staff: Staff, sold: Sold) -> None:
        act(staff("support"), "core_deadtask_retry", sold.dead_task.pk)
        sold.dead_task.refresh_from_db()
        assert sold.dead_task.retried_at is not None
        happened("dead_task.retried", "support@example.com")
        assert act(staff("support"), "core_deadtask_retry", sold.dead_task.pk).status_code == 404

    def test_runs_a_periodic_job_now(self, staff: Staff) -> None:
        act(staff("admin"), "core_periodicrun_run_job", job="events.sweep")
        assert PeriodicRun.objects.get().name == "events.sweep"
        happened("periodic_job.requested", "admin@example.com")


class TestFees:
    def test_credits_are_granted_and_revoked(self, staff: Staff, sold: Sold) -> None:
        client = staff("finance")
        agree(
            client,
            "ledger_feecredit_grant",
            organization=sold.organization.slug,
            title="Sorry",
            amount="12.50",
        )
        credit = FeeCredit.objects.get(title="Sorry")
        assert (credit.amount, credit.organization) == (1250, sold.organization)
        happened("fee_credit.granted", "finance@example.com")
        shown = act(client, "ledger_feecredit_revoke", credit.pk).content.decode()
        assert "Taken back of what was given" in shown and "$12.50" in shown
        agree(client, "ledger_feecredit_revoke", credit.pk)
        credit.refresh_from_db()
        assert credit.revoked_at is not None

    def test_above_a_limit_are_granted_by_two(self, staff: Staff, sold: Sold) -> None:
        limit("finance", 1000)
        facts = {"organization": sold.organization.slug, "title": "Sorry"}
        agree(staff("finance"), "ledger_feecredit_grant", **facts, amount="10.00")
        agree(staff("finance"), "ledger_feecredit_grant", **facts, amount="0.01")
        assert FeeCredit.objects.get(title="Sorry").amount == 1000
        assert Approval.objects.latest("created_at").amount == 1

    def test_refuse_less_than_nothing(self, staff: Staff, sold: Sold) -> None:
        for amount in ("-5", "0", "1.005", "many"):
            act(
                staff("finance"),
                "ledger_feecredit_grant",
                organization=sold.organization.slug,
                title="Sorry",
                amount=amount,
            )
        assert not FeeCredit.objects.filter(title="Sorry").exists()

    def test_plans_are_assigned(self, staff: Staff, sold: Sold) -> None:
        facts = {"organization": str(sold.organization.pk), "plan": "pro"}
        shown = act(staff("finance"), "ledger_feecredit_assign_plan", **facts).content.decode()
        for said in ("Share of a sale", "5 %", "3.8 %", "$0.50", "$0.40", "not passed on"):
            assert said in shown
        assert not FeePlan.objects.filter(organization=sold.organization, name="pro").exists()
        agree(staff("finance"), "ledger_feecredit_assign_plan", **facts)
        assert FeePlan.objects.get(organization=sold.organization).name == "pro"
        happened("fee_plan.assigned", "finance@example.com")

    def test_terms_of_its_own_are_set(self, staff: Staff, sold: Sold) -> None:
        client, slug = staff("finance"), sold.organization.slug
        verb = "ledger_feecredit_set_terms"
        asked = {"organization": slug, "fraud_warning_amount": "0.25", "bps": "4.2"}
        shown = act(client, verb, **asked).content.decode()
        for said in ("For a warning of fraud", "$0.00", "$0.25", "5 %", "4.2 %", "custom"):
            assert said in shown
        assert "Fixed amount of a sale" not in shown.split("other fee terms")[1]
        agree(client, verb, **asked)
        terms = fee_terms(sold.organization.pk)
        assert (terms.name, terms.rates.fraud_warning_amount, terms.rates.bps) == (
            "custom",
            25,
            420,
        )
        assert (terms.rates.fixed_amount, terms.has_processor_fees) == (50, True)
        happened("fee_plan.assigned", "finance@example.com")
        assert "Nothing would change" in act(client, verb, **asked).content.decode()
        filled = client.get(f"{reverse(f'admin:{verb}')}?organization={slug}").content.decode()
        assert 'value="0.25"' in filled and 'value="4.20"' in filled
        page = reverse("admin:organizations_organization_change", args=[sold.organization.pk])
        assert "$0.25 for a warning of fraud" in client.get(page).content.decode()

    def test_terms_are_refused_that_are_none(self, staff: Staff, sold: Sold) -> None:
        for field, said in (
            ("fraud_warning_amount", "-1"),
            ("fraud_warning_amount", "0.001"),
            ("fraud_warning_amount", "much"),
            ("bps", "101"),
            ("bps", "3.801"),
            ("bps", "NaN"),
        ):
            asked = {"organization": sold.organization.slug, field: said}
            page = agree(staff("finance"), "ledger_feecredit_set_terms", **asked)
            assert "HX-Redirect" not in page, said
        assert fee_terms(sold.organization.pk) == DEFAULT_TERMS


class TestUsers:
    def test_are_added_with_a_password_that_works(self, staff: Staff) -> None:
        response = act(
            staff("admin"),
            "accounts_user_add_user",
            email="new@example.com",
            name="New",
            staff_role="viewer",
        )
        text = response.content.decode()
        password = text.split('id="bo-secret">')[1].split("<")[0]
        assert Client().login(username="new@example.com", password=password)
        happened("user.created", "admin@example.com")

    def test_change_role(self, staff: Staff, sold: Sold) -> None:
        act(staff("admin"), "accounts_user_change_role", sold.member.pk, staff_role="finance")
        sold.member.refresh_from_db()
        assert sold.member.staff_role == "finance"
        happened("user.staff_role_changed", "admin@example.com")

    def test_cannot_change_their_own_role(self, staff: Staff) -> None:
        client = staff("admin")
        admin = User.objects.get(email="admin@example.com")
        response = act(client, "accounts_user_change_role", admin.pk, staff_role="viewer")
        assert b"Nobody changes their own role." in response.content
        admin.refresh_from_db()
        assert admin.staff_role == "admin"


def test_a_dialog_that_is_opened_as_a_page_leads_to_its_record(staff: Staff, sold: Sold) -> None:
    key = sold.token.pk
    address = reverse("admin:organizations_accesstoken_revoke", args=[key])
    shown = staff("support").get(address, headers={"Sec-Fetch-Dest": "document"})
    assert shown["Location"] == reverse("admin:organizations_accesstoken_change", args=[key])
    denied = staff("viewer").get(address, headers={"Sec-Fetch-Dest": "document"})
    assert denied.status_code == 403
