"""The people of a merchant: added, given other roles, removed; the ownership passed on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.events.models import Event
from apps.organizations.models import Membership
from tests.backoffice.acting import act, agree, happened
from tests.backoffice.world import Sold

Staff = Callable[[str], Client]
INVITE = "organizations_organization_invite"
ROLE = "organizations_membership_change_role"
REMOVE = "organizations_membership_remove"
OWN = "organizations_membership_make_owner"


@pytest.fixture
def owner(sold: Sold) -> Membership:
    return join(sold, "owner@example.com", "owner")


def join(sold: Sold, email: str, role: str) -> Membership:
    return Membership.objects.create(
        organization=sold.organization,
        user=User.objects.create_user(email),
        role=role,
        created_at=sold.order.created_at,
    )


class TestAdding:
    def test_makes_a_new_person_who_cannot_sign_in_yet(self, staff: Staff, sold: Sold) -> None:
        done = act(
            staff("support"),
            INVITE,
            sold.organization.pk,
            email="Ann@Example.com",
            name="Ann",
            role="finance",
        )
        assert "HX-Redirect" in done
        member = sold.organization.memberships.get(user__email="ann@example.com")
        assert (member.role, member.user.name) == ("finance", "Ann")
        assert not member.user.has_usable_password()
        happened("organization.member_added", "support@example.com")

    def test_takes_the_person_there_is(self, staff: Staff, sold: Sold) -> None:
        known = User.objects.create_user("ann@example.com", name="Ann")
        act(staff("support"), INVITE, sold.organization.pk, email="ANN@example.com", role="admin")
        assert sold.organization.memberships.get(user=known).role == "admin"
        assert not Event.objects.filter(type="user.created").exists()

    def test_refuses_who_is_in_and_who_is_deactivated(self, staff: Staff, sold: Sold) -> None:
        User.objects.create_user("gone@example.com", is_active=False)
        for email, refusal in (
            (sold.member.email, b"This person is a member already."),
            ("gone@example.com", b"This person is deactivated."),
        ):
            response = act(
                staff("support"), INVITE, sold.organization.pk, email=email, role="member"
            )
            assert refusal in response.content
        assert sold.organization.memberships.count() == 1


class TestChangingRoles:
    def test_gives_another_role(self, staff: Staff, sold: Sold, owner: Membership) -> None:
        member = sold.organization.memberships.get(user=sold.member)
        assert "HX-Redirect" in act(staff("support"), ROLE, member.pk, role="finance")
        member.refresh_from_db()
        assert member.role == "finance"
        event = happened("organization.member_role_changed", "support@example.com")
        assert event.changes["role"] == ["member", "finance"]

    def test_never_of_the_owner_nor_to_owner(
        self, staff: Staff, sold: Sold, owner: Membership
    ) -> None:
        assert act(staff("admin"), ROLE, owner.pk, role="member").status_code == 404
        member = sold.organization.memberships.get(user=sold.member)
        assert (
            b"Select a valid choice" in act(staff("admin"), ROLE, member.pk, role="owner").content
        )

    def test_keeps_one_who_can_manage(self, staff: Staff, sold: Sold) -> None:
        last = join(sold, "admin@shop.example.com", "admin")
        response = act(staff("support"), ROLE, last.pk, role="member")
        assert b"An organization needs an owner or admin." in response.content
        assert b"An organization needs an owner or admin." in (
            act(staff("support"), REMOVE, last.pk).content
        )
        last.refresh_from_db()
        assert last.role == "admin"


class TestRemoving:
    def test_ends_the_membership_and_leads_to_the_merchant(
        self, staff: Staff, sold: Sold, owner: Membership
    ) -> None:
        member = sold.organization.memberships.get(user=sold.member)
        done = agree(staff("support"), REMOVE, member.pk)
        assert done["HX-Redirect"] == reverse(
            "admin:organizations_organization_change", args=[sold.organization.pk]
        )
        assert list(sold.organization.memberships.all()) == [owner]
        happened("organization.member_removed", "support@example.com")


class TestPassingOwnershipOn:
    def test_names_both_and_makes_the_former_owner_an_admin(
        self, staff: Staff, sold: Sold, owner: Membership
    ) -> None:
        member = sold.organization.memberships.get(user=sold.member)
        client = staff("admin")
        shown = client.get(reverse(f"admin:{OWN}", args=[member.pk])).content.decode()
        assert sold.member.email in shown
        assert "owner@example.com" in shown
        assert "HX-Redirect" in agree(client, OWN, member.pk)
        owner.refresh_from_db()
        member.refresh_from_db()
        assert (owner.role, member.role) == ("admin", "owner")
        events = Event.objects.filter(type="organization.member_role_changed")
        assert {event.reason for event in events} == {"Asked by phone"}
        assert events.count() == 2

    def test_is_for_admins_alone(self, staff: Staff, sold: Sold, owner: Membership) -> None:
        member = sold.organization.memberships.get(user=sold.member)
        assert act(staff("finance"), OWN, member.pk).status_code == 403

    def test_is_planned_anew_when_the_owner_changed_meanwhile(
        self, staff: Staff, sold: Sold, owner: Membership
    ) -> None:
        member = sold.organization.memberships.get(user=sold.member)
        other = join(sold, "other@example.com", "member")
        client = staff("admin")
        agreed = _agreed(client.get(reverse(f"admin:{OWN}", args=[member.pk])).content.decode())
        agree(client, OWN, other.pk)
        again = act(client, OWN, member.pk, _agreed=agreed)
        assert b"Things changed since you looked" in again.content
        member.refresh_from_db()
        assert member.role == "member"


def _agreed(text: str) -> str:
    return text.split('name="_agreed" value="')[1].split('"')[0]
