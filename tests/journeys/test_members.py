"""Members of customers through the SDK, in each of its versions."""

from __future__ import annotations

from typing import Any

import pytest

from apps.customers.models import Customer
from apps.customers.selectors import owner_of
from tests.support.merchants import Merchant, make_customer_token
from tests.support.subscribers import make_subscriber


@pytest.fixture
def team(merchant: Merchant) -> Customer:
    return make_subscriber(merchant.organization, type="team", external_id="team-1")


class TestMerchant:
    def test_keeps_the_people_of_a_team(self, polar: Any, team: Customer) -> None:
        members = polar.customers.members
        made = members.create(
            str(team.pk),
            email="Ann@example.com",
            name="Ann",
            external_id="a",
            role="billing_manager",
        )
        assert (made.email, made.name, made.external_id) == ("Ann@example.com", "Ann", "a")
        assert (made.role, made.customer_id) == ("billing_manager", str(team.pk))
        assert members.create(str(team.pk), email="ann@EXAMPLE.com").id == made.id
        assert members.get(str(team.pk), made.id).id == made.id
        changed = members.update(str(team.pk), made.id, name="Anna", role="member")
        assert (changed.name, changed.role) == ("Anna", "member")
        found = members.list(str(team.pk))
        assert {one.role for one in found.items} == {"owner", "member"}
        assert [one.id for one in members.list(str(team.pk), role="member").items] == [made.id]
        members.delete(str(team.pk), made.id)
        assert [one.role for one in members.list(str(team.pk)).items] == ["owner"]

    def test_may_call_them_by_its_own_ids(self, polar: Any, team: Customer) -> None:
        members = polar.customers.members
        made = members.create_external("team-1", email="ann@example.com", external_id="a-1")
        assert members.get_external("team-1", "a-1").id == made.id
        assert members.update_external("team-1", "a-1", name="Anna").name == "Anna"
        assert len(members.list_external("team-1").items) == 2
        members.delete_external("team-1", "a-1")
        assert len(members.list_external("team-1").items) == 1

    def test_hands_a_team_over(self, polar: Any, team: Customer) -> None:
        before = owner_of(team)
        assert before is not None
        made = polar.customers.members.create(str(team.pk), email="ann@example.com")
        polar.customers.members.update(str(team.pk), made.id, role="owner")
        before.refresh_from_db()
        assert before.role == "billing_manager"
        assert str(owner_of(team).pk) == made.id  # type: ignore[union-attr]

    def test_never_leaves_a_team_without_its_owner(
        self, polar: Any, errors: Any, team: Customer
    ) -> None:
        owner = str(owner_of(team).pk)  # type: ignore[union-attr]
        with pytest.raises(errors.HTTPValidationError):
            polar.customers.members.delete(str(team.pk), owner)
        with pytest.raises(errors.HTTPValidationError):
            polar.customers.members.update(str(team.pk), owner, role="member")

    def test_refuses_what_another_member_has(self, polar: Any, errors: Any, team: Customer) -> None:
        made = polar.customers.members.create(
            str(team.pk), email="ann@example.com", external_id="a"
        )
        other = polar.customers.members.create(str(team.pk), email="bob@example.com")
        with pytest.raises(errors.HTTPValidationError):
            polar.customers.members.create(str(team.pk), email="cat@example.com", external_id="a")
        with pytest.raises(errors.HTTPValidationError):
            polar.customers.members.update(str(team.pk), other.id, email=made.email)


class TestTeam:
    def test_looks_after_itself(self, polar: Any, team: Customer) -> None:
        own = {"request_access_token": make_customer_token(team)}
        members = polar.customer_portal.members
        made = members.add_member(email="ann@example.com", name="Ann", **own)
        assert (made.email, made.name, made.role) == ("ann@example.com", "Ann", "member")
        assert (
            members.add_member(email="ann@example.com", role="billing_manager", **own).id == made.id
        )
        changed = members.update_member(made.id, role="billing_manager", **own)
        assert (changed.role, changed.name) == ("billing_manager", "Ann")
        assert len(members.list_members(**own).items) == 2
        members.remove_member(made.id, **own)
        assert len(members.list_members(**own).items) == 1

    def test_is_handed_over_by_its_owner_alone(
        self, polar: Any, errors: Any, merchant: Merchant, team: Customer
    ) -> None:
        made = polar.customers.members.create(
            str(team.pk), email="ann@example.com", role="billing_manager"
        )
        other = polar.customers.members.create(str(team.pk), email="bob@example.com")
        session = polar.customer_sessions.create(customer_id=str(team.pk), member_id=made.id)
        members = polar.customer_portal.members
        with pytest.raises(errors.CustomerPortalMembersUpdateMember403Error):
            members.update_member(other.id, role="owner", request_access_token=session.token)
        owner = make_customer_token(team)
        assert members.update_member(other.id, role="owner", request_access_token=owner).role == (
            "owner"
        )

    def test_of_a_person_is_none(self, polar: Any, errors: Any, merchant: Merchant) -> None:
        person = make_subscriber(merchant.organization)
        with pytest.raises(errors.CustomerPortalMembersListMembers403Error):
            polar.customer_portal.members.list_members(
                request_access_token=make_customer_token(person)
            )
