"""Members, single capabilities, and the end of an organization."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.core.errors import ResourceAlreadyExists, ResourceNotFound, ValidationFailed
from apps.events.models import Event
from apps.organizations.errors import LastManager, OwnerRoleFixed
from apps.organizations.models import Membership, Organization
from apps.organizations.operations import (
    add_member,
    change_member_role,
    change_status,
    delete_organization,
    issue_access_token,
    override_capability,
    remove_member,
    transfer_ownership,
)
from tests.cases.world import make_organization, origin_at

ORIGIN = origin_at()

pytestmark = pytest.mark.django_db


def make_user(name: str) -> User:
    return User.objects.create_user(f"{name}@example.com", None)


@pytest.fixture
def organization() -> Organization:
    return make_organization(owner=make_user("owner"))


@pytest.fixture
def owner(organization: Organization) -> Membership:
    return organization.memberships.get()


def join(organization: Organization, name: str, role: str) -> Membership:
    return add_member(
        organization_id=organization.pk, user=make_user(name), role=role, origin=ORIGIN
    )


class TestMembers:
    def test_join_once(self, organization: Organization) -> None:
        member = join(organization, "ann", "member")
        with pytest.raises(ResourceAlreadyExists):
            add_member(
                organization_id=organization.pk, user=member.user, role="admin", origin=ORIGIN
            )
        assert organization.memberships.count() == 2

    def test_nobody_is_made_a_second_owner(
        self, organization: Organization, owner: Membership
    ) -> None:
        with pytest.raises(OwnerRoleFixed):
            join(organization, "ann", "owner")
        member = join(organization, "bob", "member")
        with pytest.raises(OwnerRoleFixed):
            change_member_role(membership_id=member.pk, role="owner", origin=ORIGIN)
        with pytest.raises(OwnerRoleFixed):
            remove_member(membership_id=owner.pk, origin=ORIGIN)

    def test_ownership_is_passed_on(self, organization: Organization, owner: Membership) -> None:
        member = join(organization, "ann", "finance")

        transfer_ownership(membership_id=member.pk, origin=ORIGIN)

        owner.refresh_from_db()
        member.refresh_from_db()
        assert (owner.role, member.role) == ("admin", "owner")

    def test_the_last_manager_stays(self) -> None:
        organization = make_organization()
        admin = join(organization, "ann", "admin")
        with pytest.raises(LastManager):
            remove_member(membership_id=admin.pk, origin=ORIGIN)
        with pytest.raises(LastManager):
            change_member_role(membership_id=admin.pk, role="member", origin=ORIGIN)

        join(organization, "bob", "admin")
        remove_member(membership_id=admin.pk, origin=ORIGIN)
        assert organization.memberships.count() == 1

    def test_every_change_is_an_event(self, organization: Organization) -> None:
        member = join(organization, "ann", "member")
        change_member_role(membership_id=member.pk, role="finance", origin=ORIGIN)
        remove_member(membership_id=member.pk, origin=ORIGIN)

        kinds = Event.objects.filter(type__startswith="organization.member").order_by("id")
        assert list(kinds.values_list("type", flat=True)) == [
            "organization.member_added",
            "organization.member_role_changed",
            "organization.member_removed",
        ]


class TestOverrideCapability:
    def test_lasts_until_the_status_changes(self, organization: Organization) -> None:
        because = ORIGIN.because("A trusted merchant of ours.")
        override_capability(
            organization_id=organization.pk,
            capability="payouts",
            is_allowed=True,
            origin=because,
        )
        organization.refresh_from_db()
        assert organization.can("payouts")

        moved = change_status(organization_id=organization.pk, to="denied", origin=ORIGIN)
        assert not moved.can("payouts")

    def test_needs_a_reason_and_leaves_no_trace_without_one(
        self, organization: Organization
    ) -> None:
        with pytest.raises(ValidationFailed, match="reason"):
            override_capability(
                organization_id=organization.pk,
                capability="payouts",
                is_allowed=True,
                origin=ORIGIN.because("ok"),
            )
        organization.refresh_from_db()
        assert not organization.can("payouts")
        assert not Event.objects.filter(type="organization.capability_overridden").exists()


class TestDeleteOrganization:
    def test_ends_its_tokens_and_forgets_its_people(self, organization: Organization) -> None:
        token, _ = issue_access_token(
            organization_id=organization.pk,
            comment="shop",
            scopes=["products:read"],
            origin=ORIGIN,
        )
        delete_organization(organization_id=organization.pk, origin=ORIGIN)

        organization.refresh_from_db()
        token.refresh_from_db()
        assert organization.email is None
        assert token.revoked_at == ORIGIN.at
        assert not organization.can("api_access")

    def test_is_found_only_once(self, organization: Organization) -> None:
        delete_organization(organization_id=organization.pk, origin=ORIGIN)
        with pytest.raises(ResourceNotFound):
            delete_organization(organization_id=organization.pk, origin=ORIGIN)
