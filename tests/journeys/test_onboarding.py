"""Onboarding, review and appeal over the API of the running server."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from apps.core.clock import system_time
from apps.core.origin import Actor, Door, Origin
from apps.organizations.models import Organization, OrganizationReview
from apps.organizations.operations import (
    change_status,
    deny_appeal,
    deny_organization,
    pass_submission,
)
from tests.support.merchants import Merchant, make_organization, make_token
from tests.support.onboarding import DETAILS, complete_onboarding


def staff() -> Origin:
    return Origin(
        actor=Actor.STAFF, door=Door.BACKOFFICE, at=system_time(), reason="Looked at closely."
    )


@pytest.fixture
def newcomer(merchant: Merchant) -> Merchant:
    """A merchant that has done everything and asked for nothing."""
    organization = make_organization("Newcomer", status="created")
    complete_onboarding(organization, at=system_time())
    Organization.objects.filter(pk=organization.pk).update(details=None, details_submitted_at=None)
    organization.refresh_from_db()
    return Merchant(organization=organization, token=make_token(organization), url=merchant.url)


@pytest.fixture
def denied(merchant: Merchant) -> Merchant:
    key = merchant.organization.pk
    change_status(organization_id=key, to="review", origin=staff())
    deny_organization(organization_id=key, policy_section="misleading", origin=staff())
    return merchant


def call(one: Merchant, method: str, what: str, body: Any = None) -> httpx.Response:
    with one.http() as http:
        return http.request(method, f"/v1/organizations/{one.organization.pk}/{what}", json=body)


class TestOnboarding:
    def test_says_what_is_missing(self, newcomer: Merchant) -> None:
        body = call(newcomer, "GET", "onboarding").json()

        assert [
            one["name"] for one in body["steps"] if one["is_required"] and not one["is_done"]
        ] == ["description"]
        assert (body["status"], body["can_submit"], body["review"]) == ("created", False, None)

    def test_is_submitted_with_its_details_once(self, newcomer: Merchant) -> None:
        refused = call(newcomer, "POST", "onboarding", {})
        assert (refused.status_code, refused.json()["error"]) == (409, "OnboardingIncomplete")
        for _ in range(2):
            answer = call(newcomer, "POST", "onboarding", {"details": DETAILS["details"]})
            assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["details"] == DETAILS["details"]
        assert body["details_submitted_at"] and body["review"]["verdict"] is None
        assert OrganizationReview.objects.filter(organization=newcomer.organization).count() == 1

        pass_submission(organization_id=newcomer.organization.pk, origin=staff())
        body = call(newcomer, "GET", "onboarding").json()
        assert (body["status"], body["review"]["verdict"]) == ("active", "pass")

    def test_is_not_for_who_sells(self, merchant: Merchant) -> None:
        refused = call(merchant, "POST", "onboarding", {})
        assert (refused.status_code, refused.json()["error"]) == (400, "WrongStatus")

    def test_refused_keeps_no_details(self, newcomer: Merchant) -> None:
        call(newcomer, "POST", "onboarding", {"details": {"product_description": "Too short"}})
        newcomer.organization.refresh_from_db()
        assert newcomer.organization.details is None


class TestAppeal:
    def test_is_said_once_and_answered(self, denied: Merchant) -> None:
        review = call(denied, "GET", "onboarding").json()["review"]
        assert (review["policy"], review["can_appeal"]) == (
            "Misleading or incomplete information",
            True,
        )
        assert "Looked at closely" not in str(review)
        assert call(denied, "GET", "appeal").status_code == 404
        made = call(denied, "POST", "appeal", {"text": "We sell maps."})
        assert made.status_code == 201, made.text
        again = call(denied, "POST", "appeal", {"text": "We do!"})
        assert (again.status_code, again.json()["error"]) == (409, "AppealRefused")
        deny_appeal(
            organization_id=denied.organization.pk,
            policy_section="misleading",
            reply="They are not yours.",
            origin=staff(),
        )
        body = call(denied, "GET", "appeal").json()
        assert (body["text"], body["decision"], body["reply"]) == (
            "We sell maps.",
            "rejected",
            "They are not yours.",
        )

    @pytest.mark.parametrize("text", [None, "", 7, "x" * 5001])
    def test_needs_words(self, denied: Merchant, text: Any) -> None:
        assert call(denied, "POST", "appeal", {"text": text}).status_code == 422

    def test_is_not_of_others(self, denied: Merchant, stranger: Merchant) -> None:
        with stranger.http() as http:
            for what in ("appeal", "onboarding"):
                address = f"/v1/organizations/{denied.organization.pk}/{what}"
                assert http.get(address).status_code == 404
                assert http.post(address, json={"text": "Hm"}).status_code == 404

    def test_needs_the_scope_of_writing(self, denied: Merchant) -> None:
        reader = Merchant(
            organization=denied.organization,
            token=make_token(denied.organization, ["organizations:read"]),
            url=denied.url,
        )
        assert call(reader, "GET", "onboarding").status_code == 200
        assert call(reader, "POST", "appeal", {"text": "Hm"}).status_code == 403


class TestAccounts:
    def test_are_named_once_they_are_linked(self, newcomer: Merchant, merchant: Merchant) -> None:
        with newcomer.polar() as polar:
            found = polar.organizations.get(str(newcomer.organization.pk))
        linked = newcomer.organization.payout_profile.payout_account_id
        assert found.payout_account_id == found.account_id == str(linked)
        with merchant.polar() as polar:
            assert polar.organizations.get(str(merchant.organization.pk)).account_id is None
