"""Asking people to join: by mail, once, for a week; and the page on which they accept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.core.clock import system_time
from apps.core.errors import NotPermitted, ResourceAlreadyExists
from apps.core.origin import Actor, Door, Origin
from apps.events.models import Event
from apps.notifications.models import Mail
from apps.organizations.errors import InvitationOver, OwnerRoleFixed
from apps.organizations.invitations import invitation_token
from apps.organizations.models import Invitation, Membership, Organization
from apps.organizations.operations import (
    accept_invitation,
    add_member,
    resend_invitation,
    send_invitation,
    transfer_ownership,
    withdraw_invitation,
)
from tests.backoffice.acting import act, agree
from tests.support.grants import work_off
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db
ADDRESS = "ann@example.com"
WEEK = timedelta(days=7)


def now(after: timedelta = timedelta()) -> Origin:
    return Origin(
        actor=Actor.STAFF,
        actor_label="rita@example.com",
        door=Door.BACKOFFICE,
        at=system_time() + after,
        reason="They asked for it.",
    )


@pytest.fixture
def acme() -> Organization:
    return make_organization()


def invited(
    acme: Organization, role: str = "finance", *, clock: timedelta = timedelta()
) -> Invitation:
    return send_invitation(
        organization_id=acme.pk, email=" Ann@Example.com", role=role, origin=now(clock)
    )


def token_of(invitation: Invitation) -> str:
    return invitation_token(invitation.pk, invitation.number)


def address_of(invitation: Invitation) -> str:
    return f"/invitations/{token_of(invitation)}"


class TestSending:
    def test_mails_the_link(self, acme: Organization) -> None:
        invitation = invited(acme)
        work_off(now())
        mail = Mail.objects.get(kind="member_invitation")
        assert mail.recipient == ADDRESS
        assert address_of(invitation) in mail.text
        assert "as finance" in mail.text

    def test_keeps_no_address_in_events(self, acme: Organization) -> None:
        invited(acme)
        event = Event.objects.get(type="organization.invitation_sent")
        assert ADDRESS not in str(event.payload)

    def test_refuses_owners_members_deactivated_and_invited(self, acme: Organization) -> None:
        with pytest.raises(OwnerRoleFixed):
            invited(acme, "owner")
        user = User.objects.create_user(ADDRESS, is_active=False)
        with pytest.raises(NotPermitted):
            invited(acme)
        User.objects.update(is_active=True)
        user.refresh_from_db()
        invited(acme)
        with pytest.raises(ResourceAlreadyExists, match="invited already"):
            invited(acme)
        add_member(organization_id=acme.pk, user=user, role="member", origin=now())
        with pytest.raises(ResourceAlreadyExists, match="a member already"):
            invited(acme)

    def test_takes_up_one_that_ran_out(self, acme: Organization) -> None:
        first = invited(acme)
        Invitation.objects.update(expires_at=system_time() - timedelta(seconds=1))
        again = invited(acme, "admin")
        assert (again.pk, again.number, again.role) == (first.pk, 2, "admin")

    def test_counts_real_days_whatever_the_test_clock_says(self, acme: Organization) -> None:
        Organization.objects.filter(pk=acme.pk).update(clock_offset=timedelta(days=90))
        invitation = invited(acme, clock=timedelta(days=90))
        left = invitation.expires_at - system_time()
        assert timedelta() < left <= WEEK


class TestSendingAgain:
    def test_ends_the_link_before(self, acme: Organization) -> None:
        first = invited(acme)
        former = token_of(first)
        again = resend_invitation(invitation_id=first.pk, origin=now())
        with pytest.raises(InvitationOver):
            accept_invitation(token=former, name="Ann", origin=now())
        work_off(now())
        # The first mail was not written yet: it would have led nowhere.
        assert [one.text.count(token_of(again)) for one in Mail.objects.all()] == [1]

    def test_refuses_what_is_over(self, acme: Organization) -> None:
        invitation = invited(acme)
        withdraw_invitation(invitation_id=invitation.pk, origin=now())
        with pytest.raises(InvitationOver):
            resend_invitation(invitation_id=invitation.pk, origin=now())


class TestAccepting:
    def test_makes_a_person_who_is_new(self, acme: Organization) -> None:
        invitation = invited(acme)
        page = Client().get(address_of(invitation)).content.decode()
        assert acme.name in page and "Your name" in page
        assert not User.objects.filter(email=ADDRESS).exists()
        done = Client().post(address_of(invitation), {"name": "Ann"})
        assert "You have joined" in done.content.decode()
        member = acme.memberships.get()
        assert (member.user.email, member.user.name, member.role) == (ADDRESS, "Ann", "finance")
        assert not member.user.has_usable_password()
        assert Event.objects.filter(type="organization.invitation_accepted").count() == 1

    def test_asks_a_new_person_for_a_name(self, acme: Organization) -> None:
        answer = Client().post(address_of(invited(acme)), {"name": " "})
        assert answer.status_code == 422
        assert "Say what you are called." in answer.content.decode()
        assert not acme.memberships.exists()

    def test_takes_the_person_there_is(self, acme: Organization) -> None:
        user = User.objects.create_user(ADDRESS, name="Ann")
        invitation = invited(acme)
        assert "Your name" not in Client().get(address_of(invitation)).content.decode()
        Client().post(address_of(invitation))
        assert acme.memberships.get().user == user

    def test_works_once(self, acme: Organization) -> None:
        invitation = invited(acme)
        Client().post(address_of(invitation), {"name": "Ann"})
        for send in (Client().get, Client().post):
            answer = send(address_of(invitation))
            assert answer.status_code == 410
        assert acme.memberships.count() == 1

    def test_needs_a_form_of_ours(self, acme: Organization) -> None:
        strict = Client(enforce_csrf_checks=True)
        assert strict.post(address_of(invited(acme)), {"name": "Ann"}).status_code == 403

    @pytest.mark.parametrize("what", ["withdrawn", "expired", "forged", "deleted", "deactivated"])
    def test_refuses_what_does_not_hold(self, acme: Organization, what: str) -> None:
        invitation = invited(acme)
        address = address_of(invitation)
        if what == "withdrawn":
            withdraw_invitation(invitation_id=invitation.pk, origin=now())
        elif what == "expired":
            Invitation.objects.update(expires_at=system_time() - timedelta(seconds=1))
        elif what == "forged":
            address = address[:-1] + ("A" if address[-1] != "A" else "B")
        elif what == "deleted":
            Organization.objects.update(deleted_at=system_time())
        else:
            User.objects.create_user(ADDRESS, is_active=False)
        assert Client().post(address, {"name": "Ann"}).status_code == 410
        assert not Membership.objects.exists()


class TestOwnership:
    def test_is_told_to_both(self, acme: Organization) -> None:
        old, new = User.objects.create_user("old@x.test"), User.objects.create_user("new@x.test")
        Membership.objects.create(
            organization=acme, user=old, role="owner", created_at=system_time()
        )
        member = add_member(organization_id=acme.pk, user=new, role="member", origin=now())
        transfer_ownership(membership_id=member.pk, origin=now())
        work_off(now())
        mails = Mail.objects.filter(kind="ownership_transferred")
        assert {one.recipient for one in mails} == {"old@x.test", "new@x.test"}
        assert all("new@x.test owns" in one.text for one in mails)


class TestBackoffice:
    @pytest.fixture
    def support(self) -> Client:
        client = Client()
        client.force_login(User.objects.create_user("s@example.com", staff_role="support"))
        return client

    def test_sends_again_and_withdraws(self, support: Client, acme: Organization) -> None:
        verbs: Callable[[str], str] = "organizations_invitation_{}".format
        done = act(
            support,
            "organizations_organization_send_invitation",
            acme.pk,
            email=ADDRESS,
            role="member",
        )
        assert "HX-Redirect" in done
        invitation = Invitation.objects.get()
        page = support.get(reverse("admin:organizations_organization_change", args=[acme.pk]))
        assert ADDRESS in page.content.decode()
        assert "HX-Redirect" in act(support, verbs("resend"), invitation.pk)
        assert "HX-Redirect" in agree(support, verbs("withdraw"), invitation.pk)
        invitation.refresh_from_db()
        assert (invitation.number, invitation.is_open) == (2, False)
        assert act(support, verbs("resend"), invitation.pk).status_code == 404
