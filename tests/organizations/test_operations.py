"""The verbs of organizations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.accounts.models import User
from apps.core.errors import (
    InvalidTransition,
    ResourceAlreadyExists,
    ResourceNotFound,
    ValidationFailed,
)
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.core.plans import PlanChanged
from apps.events.models import Event
from apps.organizations.models import AccessToken, Membership, Organization, OrganizationCounter
from apps.organizations.operations import (
    change_status,
    create_organization,
    issue_access_token,
    plan_rotate_access_token,
    revoke_access_token,
    rotate_access_token,
    touch_access_token,
    update_organization,
)
from apps.organizations.selectors import valid_access_token
from apps.organizations.states import CAPABILITIES, MACHINE, capabilities_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def origin() -> Origin:
    return build_origin(actor=Actor.STAFF, door=Door.BACKOFFICE, reason="a test")


@pytest.fixture
def acme(origin: Origin) -> Organization:
    return create_organization(name="Acme", slug="acme", origin=origin)


class TestCreateOrganization:
    def test_makes_counter_owner_and_event(self, origin: Origin) -> None:
        owner = User.objects.create_user("owner@example.com")

        made = create_organization(name="Acme", slug="acme", owner=owner, origin=origin)

        assert (made.status, made.invoice_prefix) == ("created", "ACME")
        assert made.capabilities == capabilities_of("created")
        assert OrganizationCounter.objects.get(organization=made).next_invoice_number == 1
        assert Membership.objects.get(organization=made, user=owner).role == "owner"
        [event] = Event.objects.filter(type="organization.created")
        assert (event.subject_id, event.reason) == (str(made.pk), "a test")

    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("Ac", "acme"),
            ("Acme", "ac"),
            ("Acme", "Acme"),
            ("Acme", "a c m e"),
            ("Acme", "billing"),
            ("Acme", "x" * 65),
        ],
    )
    def test_refuses_bad_names_and_leaves_no_trace(
        self, origin: Origin, name: str, slug: str
    ) -> None:
        with pytest.raises(ValidationFailed):
            create_organization(name=name, slug=slug, origin=origin)

        assert not Organization.objects.exists()
        assert not Event.objects.exists()

    def test_refuses_a_taken_slug(self, origin: Origin, acme: Organization) -> None:
        with pytest.raises(ResourceAlreadyExists):
            create_organization(name="Acme again", slug="acme", origin=origin)


class TestUpdateOrganization:
    def test_records_before_and_after_once(self, origin: Origin, acme: Organization) -> None:
        for _ in range(2):
            update_organization(
                organization_id=acme.pk, changes={"name": "Acme Tools"}, origin=origin
            )

        [event] = Event.objects.filter(type="organization.updated")
        assert event.changes == {"name": ["Acme", "Acme Tools"]}

    def test_keeps_what_null_may_not_erase(self, origin: Origin, acme: Organization) -> None:
        changes: dict[str, Any] = {"name": None, "default_presentment_currency": None}

        changed = update_organization(organization_id=acme.pk, changes=changes, origin=origin)

        assert (changed.name, changed.default_presentment_currency) == ("Acme", "usd")

    def test_keeps_a_schedule_of_its_own(self, origin: Origin, acme: Organization) -> None:
        changes = {"subscription_settings": {"dunning_intervals": [1, 3]}}
        changed = update_organization(organization_id=acme.pk, changes=changes, origin=origin)
        assert changed.subscription_settings["dunning_intervals"] == [1, 3]

    @pytest.mark.parametrize("days", [[], [0], [61], [True], ["2"], [1] * 11, 7, None, [1.5]])
    def test_refuses_a_schedule_that_is_none(
        self, origin: Origin, acme: Organization, days: Any
    ) -> None:
        changes = {"subscription_settings": {"dunning_intervals": days}}
        with pytest.raises(ValidationFailed):
            update_organization(organization_id=acme.pk, changes=changes, origin=origin)


class TestChangeStatus:
    def test_brings_the_capabilities_along(self, origin: Origin, acme: Organization) -> None:
        active = change_status(organization_id=acme.pk, to="active", origin=origin)

        assert active.can("checkout_payments")
        denied = change_status(organization_id=acme.pk, to="denied", origin=origin)
        assert not denied.can("checkout_payments")
        assert denied.can("api_access")

    def test_refuses_what_the_table_does_not_list(self, origin: Origin, acme: Organization) -> None:
        with pytest.raises(InvalidTransition):
            change_status(organization_id=acme.pk, to="offboarded", origin=origin)

        acme.refresh_from_db()
        assert acme.status == "created"
        assert not Event.objects.filter(type="organization.status_changed").exists()

    def test_knows_every_status(self) -> None:
        statuses = set(Organization.Status.values)

        assert set(MACHINE.moves) == statuses
        assert all(moves <= statuses for moves in MACHINE.moves.values())
        assert all(set(capabilities_of(status)) == set(CAPABILITIES) for status in statuses)


class TestAccessTokens:
    def test_are_found_by_their_text_alone(self, origin: Origin, acme: Organization) -> None:
        token, text = issue_access_token(
            organization_id=acme.pk, comment="shop", scopes=["products:read"], origin=origin
        )

        assert len(text) == len("polar_oat_") + 37 + 6
        assert valid_access_token(text, at=origin.at) == token
        for wrong in (text[:-1] + ("0" if text[-1] != "0" else "1"), "polar_oat_" + "a" * 43, ""):
            assert valid_access_token(wrong, at=origin.at) is None
        assert text not in str(Event.objects.filter(type="access_token.issued").values())

    def test_refuse_unknown_scopes_and_a_past_end(self, origin: Origin, acme: Organization) -> None:
        with pytest.raises(ValidationFailed):
            issue_access_token(
                organization_id=acme.pk, comment="x", scopes=["world:write"], origin=origin
            )
        with pytest.raises(ValidationFailed):
            issue_access_token(
                organization_id=acme.pk, comment="x", scopes=[], expires_at=origin.at, origin=origin
            )

    def test_are_revoked_once(self, origin: Origin, acme: Organization) -> None:
        token, text = issue_access_token(
            organization_id=acme.pk, comment="x", scopes=[], origin=origin
        )
        for _ in range(2):
            revoke_access_token(token_id=token.pk, origin=origin)

        assert valid_access_token(text, at=origin.at) is None
        assert Event.objects.filter(type="access_token.revoked").count() == 1

    def test_are_rotated_into_another_one(self, origin: Origin, acme: Organization) -> None:
        expires_at = origin.at + timedelta(days=3)
        token, text = issue_access_token(
            organization_id=acme.pk,
            comment="shop",
            scopes=["products:read"],
            expires_at=expires_at,
            origin=origin,
        )
        agreed = plan_rotate_access_token(token_id=token.pk, origin=origin).fingerprint

        new, plaintext = rotate_access_token(token_id=token.pk, agreed=agreed, origin=origin)

        assert valid_access_token(text, at=origin.at) is None
        assert valid_access_token(plaintext, at=origin.at) == new
        assert (new.comment, new.scopes, new.expires_at) == ("shop", ["products:read"], expires_at)
        with pytest.raises(ResourceNotFound):
            rotate_access_token(token_id=token.pk, origin=origin)

    def test_are_rotated_only_as_planned(self, origin: Origin, acme: Organization) -> None:
        token, text = issue_access_token(
            organization_id=acme.pk, comment="shop", scopes=[], origin=origin
        )
        with pytest.raises(PlanChanged):
            rotate_access_token(token_id=token.pk, agreed="another", origin=origin)
        assert valid_access_token(text, at=origin.at) == token

    def test_note_their_use_once_a_minute(self, origin: Origin, acme: Organization) -> None:
        token, _ = issue_access_token(
            organization_id=acme.pk, comment="x", scopes=[], origin=origin
        )
        seen = []
        for seconds in (0, 30, 61):
            touch_access_token(
                token=AccessToken.objects.get(pk=token.pk),
                at=origin.at + timedelta(seconds=seconds),
            )
            seen.append(AccessToken.objects.get(pk=token.pk).last_used_at)

        assert seen == [origin.at, origin.at, origin.at + timedelta(seconds=61)]
