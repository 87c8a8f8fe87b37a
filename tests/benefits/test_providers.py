"""Discord and GitHub, asked over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from apps.benefits.models import BenefitGrant, LinkedAccount, ProviderCredential
from apps.benefits.operations import Entitlement, align_grants, update_benefit
from apps.benefits.operations.connecting import (
    AccountInput,
    choose_account,
    link_account,
    set_provider_credential,
)
from apps.core.errors import ValidationFailed
from apps.core.ids import new_id
from apps.core.sealing import Unreadable, unseal
from apps.customers.operations import delete_customer
from tests.support.grants import let_time_pass, make_benefit, put_on, work_off
from tests.support.providers import Fake, discord, github, serving
from tests.support.subscribers import START, at, make_merchant, make_plan, make_subscriber

pytestmark = pytest.mark.django_db

DISCORD = {"bot_token": "bot-secret", "client_id": "7", "client_secret": "cs"}


@pytest.fixture
def discord_server(settings: Any) -> Iterator[Fake]:
    with serving(discord) as fake:
        settings.DISCORD_API_URL = fake.url
        yield fake


@pytest.fixture
def github_server(settings: Any) -> Iterator[Fake]:
    with serving(github) as fake:
        settings.GITHUB_API_URL = fake.url
        yield fake


class World:
    """A customer entitled to one benefit."""

    def __init__(self, benefit_type: str, **properties: Any) -> None:
        self.organization = make_merchant()
        self.customer = make_subscriber(self.organization)
        self.product = make_plan(self.organization)[0]
        self.benefit = make_benefit(self.organization, benefit_type, **properties)
        put_on(self.product, self.benefit)
        self.source = new_id()

    def connect(self, provider: str, values: dict[str, str]) -> ProviderCredential:
        return set_provider_credential(
            organization=self.organization, provider=provider, values=values, origin=at()
        )

    def link(self, provider: str, account_id: str, **more: Any) -> LinkedAccount:
        data = AccountInput(
            provider=provider, account_id=account_id, username=f"user{account_id}", **more
        )
        return link_account(customer=self.customer, data=data, origin=at())

    def align(self, is_entitled: bool = True) -> None:
        entitlement = Entitlement(
            organization_id=self.organization.pk,
            customer_id=self.customer.pk,
            product_id=self.product.pk,
            subscription_id=self.source,
            is_entitled=is_entitled,
        )
        align_grants(entitlement=entitlement, origin=at())
        work_off()

    @property
    def grant(self) -> BenefitGrant:
        return BenefitGrant.objects.get(subscription_id=self.source)

    @property
    def error(self) -> str:
        return (self.grant.error or {}).get("message", "")


def in_discord(*, kick: bool = False) -> World:
    world = World("discord", guild_id="1", role_id="2", kick_member=kick)
    world.connect("discord", DISCORD)
    world.link("discord", "42", access_token="user-token")
    return world


def in_github(**properties: Any) -> World:
    facts = {"repository_owner": "acme", "repository_name": "app", "permission": "pull"}
    world = World("github_repository", **facts | properties)
    world.connect("github", {"token": "gh-secret"})
    world.link("github", "42")
    return world


class TestDiscord:
    def test_waits_for_the_customer_to_link_an_account(self, discord_server: Fake) -> None:
        world = World("discord", guild_id="1", role_id="2", kick_member=False)
        world.connect("discord", DISCORD)
        world.align()
        assert "connect their Discord account" in world.error
        assert discord_server.asked == []
        world.link("discord", "42", access_token="user-token")
        work_off()
        assert discord_server.people == {"1/42": ["2"]}
        assert world.grant.properties == {
            "account_id": "42",
            "guild_id": "1",
            "role_id": "2",
            "granted_account_id": "42",
        }
        assert discord_server.headers[0]["Authorization"] == "Bot bot-secret"

    def test_waits_for_the_organization_to_connect(self, discord_server: Fake) -> None:
        world = World("discord", guild_id="1", role_id="2", kick_member=False)
        world.link("discord", "42")
        world.align()
        assert "has not connected Discord" in world.error
        world.connect("discord", DISCORD)
        work_off()
        assert world.grant.is_granted

    def test_gives_the_role_to_who_is_there_already(self, discord_server: Fake) -> None:
        discord_server.people = {"1/42": ["9"]}
        in_discord().align()
        assert discord_server.people == {"1/42": ["2", "9"]}

    def test_takes_the_role_and_remembers_the_account(self, discord_server: Fake) -> None:
        world = in_discord()
        world.align()
        discord_server.people["1/42"].append("9")
        world.align(False)
        assert discord_server.people == {"1/42": ["9"]}
        assert world.grant.is_revoked
        assert world.grant.properties["account_id"] == "42"
        world.align()
        assert discord_server.people == {"1/42": ["2", "9"]}

    def test_kicks_where_the_benefit_says_so(self, discord_server: Fake) -> None:
        world = in_discord(kick=True)
        world.align()
        world.align(False)
        assert discord_server.people == {}

    def test_takes_nothing_from_who_has_left(self, discord_server: Fake) -> None:
        world = in_discord()
        world.align()
        discord_server.people.clear()
        world.align(False)
        assert world.grant.is_revoked

    def test_moves_to_the_role_of_an_edit(self, discord_server: Fake) -> None:
        world = in_discord()
        world.align()
        changes = {"properties": {"guild_id": "1", "role_id": "3", "kick_member": False}}
        update_benefit(benefit_id=world.benefit.pk, changes=changes, origin=at())
        work_off()
        assert discord_server.people == {"1/42": ["3"]}

    def test_refreshes_a_token_that_has_run_out(self, discord_server: Fake) -> None:
        world = World("discord", guild_id="1", role_id="2", kick_member=False)
        world.connect("discord", DISCORD)
        account = world.link(
            "discord", "42", access_token="old", refresh_token="r", expires_at=START
        )
        world.align()
        assert discord_server.asked[0] == "POST /oauth2/token"
        account.refresh_from_db()
        assert account.expires_at == START + timedelta(seconds=60)
        kept = unseal(account.secret, place=f"benefits.linked_account:{account.pk}")
        assert "newer" in kept and "newer" not in account.secret

    @pytest.mark.parametrize(
        ("status", "headers", "body", "seconds"),
        [
            (429, {"Retry-After": "120"}, {}, 120),
            (429, {}, {"retry_after": 64.5}, 64.5),
            (503, {}, {}, None),
        ],
    )
    def test_comes_back_when_it_is_asked_to(
        self,
        discord_server: Fake,
        status: int,
        headers: dict[str, str],
        body: dict[str, Any],
        seconds: float | None,
    ) -> None:
        discord_server.refusals = [(status, body, headers)]
        world = in_discord()
        world.align()
        grant = world.grant
        assert (grant.is_granted, grant.error, grant.attempt_count) == (False, None, 1)
        assert grant.claimed_until is None
        if seconds is not None:
            waits = BenefitGrant.objects.raw(
                "SELECT id, extract(epoch FROM next_attempt_at - clock_timestamp()) AS seconds "
                "FROM benefits_benefitgrant"
            )[0]
            assert seconds - 10 < waits.seconds <= seconds
        let_time_pass()
        work_off()
        assert world.grant.is_granted

    def test_comes_back_when_nobody_answers(self, settings: Any) -> None:
        settings.DISCORD_API_URL = "http://127.0.0.1:9"
        world = in_discord()
        world.align()
        assert (world.grant.error, world.grant.attempt_count) == (None, 1)

    def test_keeps_a_refusal_in_its_words(self, discord_server: Fake) -> None:
        discord_server.refusals = [(403, {"message": "Missing Permissions"}, {})]
        world = in_discord()
        world.align()
        assert "Missing Permissions" in world.error
        assert (world.grant.error or {})["type"] == "Refused"

    def test_goes_to_the_account_that_is_chosen(self, discord_server: Fake) -> None:
        world = in_discord()
        world.link("discord", "43")
        world.align()
        assert "choose one" in world.error
        choose_account(grant_id=world.grant.pk, account_id="43", origin=at())
        work_off()
        assert discord_server.people == {"1/43": ["2"]}
        choose_account(grant_id=world.grant.pk, account_id="42", origin=at())
        work_off()
        assert discord_server.people == {"1/43": [], "1/42": ["2"]}
        with pytest.raises(ValidationFailed):
            choose_account(grant_id=world.grant.pk, account_id="44", origin=at())


class TestGitHub:
    def test_invites_and_takes_the_invitation_back(self, github_server: Fake) -> None:
        world = in_github()
        world.align()
        assert github_server.invited == {1: "user42"}
        assert world.grant.properties["permission"] == "pull"
        world.align(False)
        assert github_server.invited == {}
        assert world.grant.is_revoked

    def test_removes_who_has_accepted(self, github_server: Fake) -> None:
        world = in_github()
        world.align()
        github_server.invited.clear()
        github_server.people = {"acme/app/user42": "pull"}
        world.align(False)
        assert github_server.people == {}

    def test_brings_another_permission(self, github_server: Fake) -> None:
        github_server.people = {"acme/app/user42": "pull"}
        world = in_github()
        world.align()
        changes = {"properties": {**world.benefit.properties, "permission": "push"}}
        update_benefit(benefit_id=world.benefit.pk, changes=changes, origin=at())
        work_off()
        assert github_server.people == {"acme/app/user42": "push"}

    def test_moves_to_another_repository(self, github_server: Fake) -> None:
        world = in_github()
        world.align()
        changes = {"properties": {**world.benefit.properties, "repository_name": "other"}}
        update_benefit(benefit_id=world.benefit.pk, changes=changes, origin=at())
        work_off()
        assert [line for line in github_server.asked if "other/collaborators" in line]
        assert [line for line in github_server.asked if line.startswith("DELETE")]

    def test_is_for_repositories_of_organizations(self, github_server: Fake) -> None:
        world = in_github(repository_owner="somebody")
        world.align()
        assert "of an organization" in world.error

    def test_waits_for_a_limit_that_is_used_up(self, github_server: Fake) -> None:
        headers = {
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1767225600",
            "Date": "Wed, 31 Dec 2025 23:50:00 GMT",
        }
        github_server.refusals = [(403, {"message": "rate limit"}, headers)]
        world = in_github()
        world.align()
        assert (world.grant.error, world.grant.attempt_count) == (None, 1)
        waits = BenefitGrant.objects.raw(
            "SELECT id, extract(epoch FROM next_attempt_at - clock_timestamp()) AS seconds "
            "FROM benefits_benefitgrant"
        )[0]
        assert 590 < waits.seconds <= 600


class TestCredentials:
    def test_are_sealed_and_of_no_use_elsewhere(self) -> None:
        world = World("custom", note="x")
        row = world.connect("discord", DISCORD)
        assert "bot-secret" not in row.secret
        assert row.hint == "cret"
        with pytest.raises(Unreadable):
            unseal(row.secret, place=f"benefits.credential:{new_id()}")

    def test_are_complete(self) -> None:
        with pytest.raises(ValidationFailed):
            World("custom", note="x").connect("discord", {"bot_token": "x"})

    def test_are_forgotten_with_the_customer_whose_access_ends(self, discord_server: Fake) -> None:
        world = in_discord()
        world.align()
        delete_customer(customer_id=world.customer.pk, anonymize=True, origin=at())
        assert not LinkedAccount.objects.exists()
        work_off()
        assert discord_server.people == {"1/42": []}
