"""Staff decide about merchants: what they see, and what follows from what they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.backoffice.selectors.review import review_sheet, waiting_reviews
from apps.backoffice.selectors.signals import Signals, priority_of
from apps.core.clock import system_time
from apps.ledger.operations import assign_fee_plan
from apps.organizations.models import (
    Organization,
    OrganizationNote,
    OrganizationReview,
    WebsiteCheck,
)
from apps.organizations.operations import change_status, delete_organization, submit_appeal
from tests.backoffice.acting import REASON, act, agree, fingerprint_in, happened
from tests.backoffice.world import Sold, make_organization
from tests.cases.world import origin_at

Staff = Callable[[str], Client]
NAME = "organizations_organization"


def status_of(organization: Organization) -> str:
    organization.refresh_from_db()
    return organization.status


def moved(organization: Organization, *statuses: str) -> None:
    for to in statuses:
        change_status(organization_id=organization.pk, to=to, origin=origin_at())


class TestVerbs:
    def test_approve_shows_the_next_threshold_first(self, staff: Staff, sold: Sold) -> None:
        one = sold.organization
        moved(one, "review")
        client = staff("finance")
        shown = act(client, f"{NAME}_approve", one.pk, threshold="250.00")
        assert b"Next review at sales of" in shown.content
        assert status_of(one) == "review"
        done = act(
            client,
            f"{NAME}_approve",
            one.pk,
            threshold="250.00",
            _agreed=fingerprint_in(shown),
        )
        assert "HX-Redirect" in done
        assert (status_of(one), one.next_review_threshold) == ("active", 25_000)
        event = happened("organization.review_decided", "finance@example.com")
        assert event.payload["verdict"] == "pass"

    def test_deny_appeal_and_grant(self, staff: Staff, sold: Sold) -> None:
        one, client = sold.organization, staff("finance")
        agree(client, f"{NAME}_deny", one.pk, policy_section="fraud")
        assert status_of(one) == "denied"
        submit_appeal(organization_id=one.pk, text="It was not us.", origin=origin_at())
        page = client.get(reverse(f"admin:{NAME}_change", args=[one.pk])).content.decode()
        assert "Grant appeal" in page
        assert "It was not us." in page
        agree(client, f"{NAME}_grant_appeal", one.pk, reply="Sorry.")
        # Nothing of its onboarding is there, so it waits for that.
        assert status_of(one) == "created"
        review = OrganizationReview.objects.get(organization=one)
        assert (review.appeal_decision, review.appeal_reply) == ("approved", "Sorry.")

    def test_reject_appeal(self, staff: Staff, sold: Sold) -> None:
        one, client = sold.organization, staff("finance")
        moved(one, "denied")
        submit_appeal(organization_id=one.pk, text="It was not us.", origin=origin_at())
        act(client, f"{NAME}_reject_appeal", one.pk, policy_section="fraud", reply="It was.")
        assert OrganizationReview.objects.get(organization=one).appeal_decision == "rejected"
        again = act(client, f"{NAME}_reject_appeal", one.pk, policy_section="fraud", reply="No.")
        assert again.status_code == 404

    def test_snooze_and_end_it(self, staff: Staff, sold: Sold) -> None:
        one, client = sold.organization, staff("support")
        act(client, f"{NAME}_escalate", one.pk)
        assert status_of(one) == "review"
        act(client, f"{NAME}_snooze", one.pk, days="3", snooze_type="next_sale")
        assert (status_of(one), one.snooze_type) == ("snoozed", "next_sale")
        act(client, f"{NAME}_unsnooze", one.pk)
        assert (status_of(one), one.snoozed_until) == ("review", None)

    def test_leave_and_be_blocked(self, staff: Staff, sold: Sold) -> None:
        one, client = sold.organization, staff("admin")
        moved(one, "review")
        agree(client, f"{NAME}_offboard", one.pk, policy_section="excessive_disputes")
        shown = act(client, f"{NAME}_finish", one.pk)
        assert b"until then buyers can contest" in shown.content
        act(client, f"{NAME}_finish", one.pk, _agreed=fingerprint_in(shown))
        assert status_of(one) == "offboarded"
        agree(client, f"{NAME}_block", one.pk)
        assert status_of(one) == "blocked"
        agree(client, f"{NAME}_reactivate", one.pk)
        assert status_of(one) == "created"

    def test_starting_again(self, staff: Staff, sold: Sold) -> None:
        one = sold.organization
        agree(staff("finance"), f"{NAME}_reset", one.pk)
        assert status_of(one) == "created"

    @pytest.mark.parametrize(("verb", "least"), [("block", "finance"), ("approve", "support")])
    def test_need_their_role(self, staff: Staff, sold: Sold, verb: str, least: str) -> None:
        moved(sold.organization, "review")
        answer = act(staff(least), f"{NAME}_{verb}", sold.organization.pk, threshold="1.00")
        assert answer.status_code == 403

    def test_notes_are_added_and_shown(self, staff: Staff, sold: Sold) -> None:
        address = reverse(f"admin:{NAME}_notes", args=[sold.organization.pk])
        answer = staff("support").post(address, {"text": "Called <them>."})
        assert "Called &lt;them&gt;." in answer.content.decode()
        assert OrganizationNote.objects.get().author.email == "support@example.com"
        assert staff("viewer").post(address, {"text": "No"}).status_code == 403
        assert b"characters" in staff("support").post(address, {"text": " "}).content


class TestDeleted:
    def test_are_hidden_found_and_restored(self, staff: Staff, db: None) -> None:
        gone = make_organization(7)
        delete_organization(organization_id=gone.pk, origin=origin_at())
        client, address = staff("admin"), reverse(f"admin:{NAME}_changelist")

        def shows(**query: str) -> bool:
            return str(gone.pk)[-8:] in client.get(address, query).content.decode()

        assert not shows()
        assert shows(deleted="include")
        assert shows(deleted="only")
        assert shows(q=gone.slug)
        assert (
            "Delete"
            not in client.get(reverse(f"admin:{NAME}_change", args=[gone.pk]))
            .content.decode()
            .split("Restore")[0]
        )
        agree(client, f"{NAME}_restore", gone.pk)
        assert shows()
        event = happened("organization.restored", "admin@example.com")
        assert event.reason == REASON

    def test_tabs_hide_whoever_is_gone(self, staff: Staff, sold: Sold) -> None:
        moved(sold.organization, "blocked")
        client, address = staff("viewer"), reverse(f"admin:{NAME}_changelist")
        key = str(sold.organization.pk)
        assert key not in client.get(address).content.decode()
        assert key in client.get(address, {"tab": "blocked"}).content.decode()
        assert key in client.get(address, {"q": sold.organization.slug}).content.decode()


class TestPriority:
    def test_is_the_sum_of_what_it_says(self) -> None:
        at = system_time()
        one = Organization(
            created_at=at - timedelta(days=10),
            status_changed_at=at - timedelta(days=4, hours=5),
            total_balance=1_000_000,
        )
        signals = Signals(
            payment_count=10,
            succeeded_count=6,
            refunded_count=1,
            dispute_count=1,
            risk_score=80,
            held_count=2,
            plan="growth",
        )
        parts = {part.title: part.points for part in priority_of(one, signals, at).parts}
        assert parts == {
            "Waiting": 10.0,
            "Risk": 20.0,
            "Payment health": 25.0,
            "Fast mover": 25.0,
            "Held payout": 25.0,
            "Support tier": 10.0,
        }
        assert priority_of(one, signals, at).points == 115.0

    def test_of_nobody_in_particular_is_nothing(self) -> None:
        at = system_time()
        one = Organization(created_at=at, status_changed_at=at)
        quiet = priority_of(one, Signals(payment_count=4, risk_score=49), at)
        assert quiet.points == 0
        old = Organization(
            created_at=at - timedelta(days=31),
            status_changed_at=at - timedelta(days=400),
            total_balance=10**9,
        )
        assert priority_of(old, Signals(), at).points == 50.0

    def test_ranks_the_queue_in_the_same_queries_however_long(
        self, staff: Staff, sold: Sold, django_assert_num_queries: Callable[..., object]
    ) -> None:
        moved(sold.organization, "review")
        other = make_organization(8)
        moved(other, "review")
        for one, days in ((sold.organization, 2), (other, 9)):
            Organization.objects.filter(pk=one.pk).update(
                status_changed_at=system_time() - timedelta(days=days)
            )
        with django_assert_num_queries(8):  # type: ignore[attr-defined]
            rows = waiting_reviews()
        assert rows[0].organization.pk == other.pk
        assert {one.organization.pk for one in rows} == {other.pk, sold.organization.pk}
        page = staff("viewer").get(reverse("admin:reviews"))
        assert other.name in page.content.decode()
        assert "Waiting" in page.content.decode()


class TestSheet:
    def test_has_everything_on_one_page(self, staff: Staff, sold: Sold) -> None:
        sheet = review_sheet(sold.organization)
        assert sheet.signals.payment_count
        assert sheet.steps[0].name == "product"
        client = staff("viewer")
        address = reverse(f"admin:{NAME}_change", args=[sold.organization.pk])
        assert "Sales so far" not in client.get(address).content.decode()
        asked = client.get(address, {"review": ""}).content.decode()
        assert "Sales so far" in asked
        moved(sold.organization, "review")
        Organization.objects.update(website="https://shop.example.com")
        WebsiteCheck.objects.create(
            organization=sold.organization,
            url="https://shop.example.com",
            final_url="https://www.shop.example.com/",
            http_code=200,
            links={"terms": "https://shop.example.com/terms"},
            created_at=system_time(),
        )
        page = client.get(address).content.decode()
        for words in (
            "Sales so far",
            "Authorized",
            "Priority",
            "Onboarding",
            "Payout account",
            "Identity of the holder",
            "led to https://www.shop.example.com/",
            "https://shop.example.com/terms",
            "No link to: privacy policy, refund policy.",
            "Products",
            "Latest disputes",
            "History",
            "Reviews",
            "Notes",
        ):
            assert words in page


def test_the_history_of_fee_terms_is_on_the_page(staff: Staff, sold: Sold) -> None:
    assign_fee_plan(
        organization_id=sold.organization.pk,
        plan="pro",
        origin=origin_at().because("They pay for it."),
    )
    address = reverse(f"admin:{NAME}_change", args=[sold.organization.pk])
    page = staff("viewer").get(address).content.decode()
    assert "name starter to pro" in page
    assert "They pay for it." in page
