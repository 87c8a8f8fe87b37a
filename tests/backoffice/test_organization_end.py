"""Capabilities set by hand, and the end of a merchant: planned, refused while money is open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.checkouts.models import Checkout
from apps.core.plans import PlanImpossible
from apps.events.models import Event
from apps.orders.models import Order
from apps.organizations.models import AccessToken, Membership, Organization
from apps.organizations.operations import delete_organization, plan_delete_organization
from tests.backoffice.acting import act, agree, happened
from tests.backoffice.world import Sold, make_organization
from tests.cases.world import origin_at
from tests.support.subscribers import make_subscription

Staff = Callable[[str], Client]
OVERRIDE = "organizations_organization_override"
DELETE = "organizations_organization_remove"


class TestOverrideCapability:
    def test_is_set_and_given_back(self, staff: Staff, sold: Sold) -> None:
        client, key = staff("admin"), sold.organization.pk
        agree(client, OVERRIDE, key, capability="payouts", setting="off")
        event = happened("organization.capability_overridden", "admin@example.com")
        assert event.changes == {"payouts": [True, False]}
        page = client.get(reverse("admin:organizations_organization_change", args=[key]))
        assert b"set by hand" in page.content
        agree(client, OVERRIDE, key, capability="payouts", setting="default")
        sold.organization.refresh_from_db()
        assert sold.organization.can("payouts")
        page = client.get(reverse("admin:organizations_organization_change", args=[key]))
        assert b"set by hand" not in page.content

    def test_says_what_stops(self, staff: Staff, sold: Sold) -> None:
        Checkout.objects.update(status="open")
        shown = act(
            staff("admin"),
            OVERRIDE,
            sold.organization.pk,
            capability="checkout_payments",
            setting="off",
        )
        assert b"Checkouts that are open can no longer be paid." in shown.content
        assert b"It lasts until the status changes." in shown.content

    def test_that_changes_nothing_cannot_be_applied(self, staff: Staff, sold: Sold) -> None:
        shown = act(
            staff("admin"), OVERRIDE, sold.organization.pk, capability="payouts", setting="on"
        )
        assert b"Nothing would change." in shown.content
        assert b"Override capability\n" not in shown.content.split(b"bo-planned")[1]

    def test_wants_ten_characters_of_reason(self, staff: Staff, sold: Sold) -> None:
        response = agree(
            staff("admin"),
            OVERRIDE,
            sold.organization.pk,
            capability="payouts",
            setting="off",
            reason="Because",
        )
        assert b"at least 10 characters" in response.content
        sold.organization.refresh_from_db()
        assert sold.organization.can("payouts")

    def test_is_for_admins_alone(self, staff: Staff, sold: Sold) -> None:
        response = act(
            staff("finance"), OVERRIDE, sold.organization.pk, capability="payouts", setting="off"
        )
        assert response.status_code == 403


class TestDelete:
    def test_is_refused_while_money_is_open(self, staff: Staff, sold: Sold) -> None:
        Order.objects.update(status="pending")
        Checkout.objects.update(status="confirmed", confirmed_at=sold.order.created_at)
        client, key = staff("admin"), sold.organization.pk
        shown = client.get(reverse(f"admin:{DELETE}", args=[key])).content.decode()
        for obstacle in (
            "Its balance of $",
            "2 orders not paid yet: pay or void first.",
            "1 checkout being paid: wait for the outcome.",
        ):
            assert obstacle in shown
        assert "HX-Redirect" not in agree(client, DELETE, key)
        with pytest.raises(PlanImpossible):
            delete_organization(organization_id=key, origin=origin_at())
        sold.organization.refresh_from_db()
        assert sold.organization.deleted_at is None
        assert not Event.objects.filter(type="organization.deleted").exists()

    def test_waits_for_the_last_subscription(self, closable: Organization) -> None:
        make_subscription(closable)
        plan = plan_delete_organization(organization_id=closable.pk, origin=origin_at())
        assert plan.obstacles == ("1 live subscription: cancel first.",)
        assert "Subscriptions are no longer renewed." in plan.effects
        assert "1 subscription to renew now." in plan.notes

    def test_says_what_ends_and_ends_it(self, staff: Staff, closable: Organization) -> None:
        client = staff("admin")
        shown = client.get(reverse(f"admin:{DELETE}", args=[closable.pk])).content.decode()
        assert "Requests with its 1 access token are refused." in shown
        assert "This cannot be undone. The slug stays taken." in shown
        assert "HX-Redirect" in agree(client, DELETE, closable.pk)
        closable.refresh_from_db()
        assert closable.deleted_at is not None
        assert closable.details is None
        happened("organization.deleted", "admin@example.com")
        page = client.get(reverse("admin:organizations_organization_change", args=[closable.pk]))
        assert b"change-status" not in page.content
        assert act(client, DELETE, closable.pk).status_code == 404

    def test_takes_the_same_queries_however_much_there_is(
        self, staff: Staff, closable: Organization
    ) -> None:
        client = staff("admin")
        address = reverse(f"admin:{DELETE}", args=[closable.pk])
        client.get(address)
        few = _queries(client, address)
        for number in range(20):
            _token(closable, f"{number}")
        assert _queries(client, address) == few < 20


@pytest.fixture
def closable(db: None) -> Organization:
    organization = make_organization()
    organization.details = {"about": "Ann's shop"}
    organization.save()
    _token(organization, "one")
    assert not Membership.objects.filter(organization=organization).exists()
    return organization


def _token(organization: Organization, text: str) -> None:
    AccessToken.objects.create(
        organization=organization,
        comment=text,
        token_hash=text,
        hint=text[-4:],
        scopes=[],
        created_at=organization.created_at,
    )


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)
