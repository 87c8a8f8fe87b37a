"""Customers sign in at Discord and GitHub, and what waited for that is granted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from apps.benefits.models import AccountLink, LinkedAccount
from apps.benefits.providers.credentials import opened
from apps.customers.models import Customer, CustomerSession
from apps.events.models import Event
from tests.benefits.test_providers import DISCORD, World
from tests.support.drafts import make_buyer
from tests.support.grants import work_off
from tests.support.merchants import make_customer_token
from tests.support.providers import Fake, discord, github, serving

pytestmark = pytest.mark.django_db
CALLBACK = "/linked-accounts/callback"
ADA = {"id": "42", "username": "ada", "login": "ada"}


@pytest.fixture
def discord_server(settings: Any) -> Iterator[Fake]:
    with serving(discord) as fake:
        settings.DISCORD_API_URL = fake.url
        yield fake


@pytest.fixture
def github_server(settings: Any) -> Iterator[Fake]:
    with serving(github) as fake:
        settings.GITHUB_API_URL = settings.GITHUB_URL = fake.url
        yield fake


@pytest.fixture
def on_discord(discord_server: Fake) -> World:
    """A customer who waits for a role."""
    world = World("discord", guild_id="1", role_id="2", kick_member=False)
    world.connect("discord", DISCORD)
    world.align()
    assert "connect their Discord account" in world.error
    return world


@pytest.fixture
def on_github(github_server: Fake) -> World:
    """A customer who waits for a repository."""
    facts = {"repository_owner": "acme", "repository_name": "app", "permission": "pull"}
    world = World("github_repository", **facts)
    values = {"token": "gh-secret", "client_id": "app", "client_secret": "app-secret"}
    world.connect("github", values)
    world.align()
    assert "connect their GitHub account" in world.error
    return world


class Browser:
    """A customer's own, with the session of a customer."""

    def __init__(self, customer: Customer) -> None:
        self.client = Client()
        self.api = Client(headers={"Authorization": f"Bearer {make_customer_token(customer)}"})

    def ask(self, world: World) -> Any:
        return self.api.post(f"/v1/customer-portal/benefit-grants/{world.grant.pk}/link")

    def go(self, world: World) -> dict[str, str]:
        """To the service: what it is asked there."""
        asked = self.ask(world)
        assert asked.status_code == 201, asked.content
        return self.follow(asked.json()["url"])

    def follow(self, url: str) -> dict[str, str]:
        answer = self.client.get(urlsplit(url).path)
        assert answer.status_code == 302, answer.content
        return {name: one for name, [one] in parse_qs(urlsplit(answer["Location"]).query).items()}

    def come_back(self, **query: str) -> Any:
        return self.client.get(CALLBACK, query)


class TestDiscord:
    def test_grants_at_once(self, on_discord: World, discord_server: Fake) -> None:
        browser = Browser(on_discord.customer)
        asked = browser.go(on_discord)
        assert asked["client_id"] == DISCORD["client_id"]
        assert asked["redirect_uri"].endswith(CALLBACK)
        assert (asked["scope"], asked["response_type"]) == ("identify guilds.join", "code")
        discord_server.codes["yes"] = ADA
        page = browser.come_back(code="yes", state=asked["state"])
        assert page.status_code == 200 and "Discord is linked" in page.content.decode()

        account = LinkedAccount.objects.get(customer=on_discord.customer)
        assert (account.provider, account.account_id, account.username) == ("discord", "42", "ada")
        assert opened(account).access_token == "token-42"
        assert "token-42" not in account.secret
        assert account.expires_at is not None
        [exchange] = discord_server.exchanged
        assert exchange["client_secret"] == [DISCORD["client_secret"]]
        assert exchange["redirect_uri"] == [asked["redirect_uri"]]
        work_off()
        assert on_discord.grant.is_granted and not on_discord.error
        assert discord_server.people["1/42"] == ["2"]
        assert Event.objects.filter(type="linked_account.linked").count() == 1

    def test_moves_the_grant_to_whom_they_sign_in_as(
        self, on_discord: World, discord_server: Fake
    ) -> None:
        on_discord.link("discord", "7", access_token="user-token")
        work_off()
        assert discord_server.people["1/7"] == ["2"]
        browser = Browser(on_discord.customer)
        state = browser.go(on_discord)["state"]
        discord_server.codes["yes"] = ADA
        assert browser.come_back(code="yes", state=state).status_code == 200
        work_off()
        assert (discord_server.people["1/7"], discord_server.people["1/42"]) == ([], ["2"])


class TestGitHub:
    def test_grants_at_once_and_keeps_no_token(self, on_github: World, github_server: Fake) -> None:
        browser = Browser(on_github.customer)
        asked = browser.go(on_github)
        assert (asked["client_id"], asked["code_challenge_method"]) == ("app", "S256")
        github_server.challenge = asked["code_challenge"]
        github_server.codes["yes"] = ADA
        assert browser.come_back(code="yes", state=asked["state"]).status_code == 200
        account = LinkedAccount.objects.get(customer=on_github.customer)
        assert (account.account_id, account.username) == ("42", "ada")
        assert opened(account).access_token == ""
        work_off()
        assert on_github.grant.is_granted
        assert list(github_server.invited.values()) == ["user42"]

    def test_that_refuses_links_nobody(self, on_github: World, github_server: Fake) -> None:
        browser = Browser(on_github.customer)
        state = browser.go(on_github)["state"]
        # As if somebody else had begun: the verifier does not belong to the challenge.
        github_server.challenge = "another"
        github_server.codes["yes"] = ADA
        page = browser.come_back(code="yes", state=state)
        assert page.status_code == 400 and "did not confirm" in page.content.decode()
        assert not LinkedAccount.objects.exists()


class TestState:
    def test_holds_once(self, on_discord: World, discord_server: Fake) -> None:
        browser = Browser(on_discord.customer)
        state = browser.go(on_discord)["state"]
        cookies = {name: one.value for name, one in browser.client.cookies.items()}
        discord_server.codes["yes"] = discord_server.codes["again"] = ADA
        assert browser.come_back(code="yes", state=state).status_code == 200
        browser.client.cookies.load(cookies)
        assert browser.come_back(code="again", state=state).status_code == 410
        assert len(discord_server.exchanged) == 1

    def test_is_of_the_browser_that_went(self, on_discord: World, discord_server: Fake) -> None:
        """Nobody has another link their account by sending them the way back."""
        state = Browser(on_discord.customer).go(on_discord)["state"]
        victim = Browser(make_buyer(on_discord.organization))
        discord_server.codes["theirs"] = ADA
        assert victim.come_back(code="theirs", state=state).status_code == 410
        victim.client.cookies["account_link"] = "made up"
        assert victim.come_back(code="theirs", state="made up").status_code == 410
        nowhere = victim.come_back(code="theirs")
        assert nowhere.status_code == 410 and "record for ." not in nowhere.content.decode()
        assert not LinkedAccount.objects.exists()

    def test_is_worthless_once_they_begin_again(
        self, on_discord: World, discord_server: Fake
    ) -> None:
        browser = Browser(on_discord.customer)
        url = browser.ask(on_discord).json()["url"]
        first, second = browser.follow(url)["state"], browser.follow(url)["state"]
        discord_server.codes["yes"] = ADA
        assert browser.come_back(code="yes", state=first).status_code == 410
        assert browser.come_back(code="yes", state=second).status_code == 200

    def test_runs_out(self, on_discord: World) -> None:
        browser = Browser(on_discord.customer)
        url = browser.ask(on_discord).json()["url"]
        state = browser.follow(url)["state"]
        [link] = AccountLink.objects.all()
        AccountLink.objects.update(expires_at=link.expires_at - timedelta(minutes=16))
        assert browser.come_back(code="yes", state=state).status_code == 410
        assert browser.client.get(urlsplit(url).path).status_code == 410

    def test_is_used_up_by_a_no(self, on_discord: World, discord_server: Fake) -> None:
        browser = Browser(on_discord.customer)
        state = browser.go(on_discord)["state"]
        page = browser.come_back(error="access_denied", state=state)
        assert page.status_code == 400 and "not allowed" in page.content.decode()
        discord_server.codes["yes"] = ADA
        assert browser.come_back(code="yes", state=state).status_code == 410

    def test_of_a_service_that_is_down_says_so(
        self, on_discord: World, discord_server: Fake
    ) -> None:
        browser = Browser(on_discord.customer)
        state = browser.go(on_discord)["state"]
        discord_server.refusals.append((503, {}, {}))
        assert browser.come_back(code="yes", state=state).status_code == 503
        assert not LinkedAccount.objects.exists()


class TestBeginning:
    def test_needs_the_merchants_app(self, github_server: Fake) -> None:
        facts = {"repository_owner": "acme", "repository_name": "app", "permission": "pull"}
        world = World("github_repository", **facts)
        world.align()
        answer = Browser(world.customer).ask(world)
        assert (answer.status_code, answer.json()["error"]) == (409, "SignInNotConfigured")
        world.connect("github", {"token": "gh-secret"})
        assert Browser(world.customer).ask(world).status_code == 409

    def test_is_for_benefits_that_go_to_an_account(self) -> None:
        world = World("custom", note="Hello")
        world.align()
        answer = Browser(world.customer).ask(world)
        assert (answer.status_code, answer.json()["error"]) == (409, "GrantNeedsNoAccount")

    def test_is_for_ones_own_grants(self, on_discord: World) -> None:
        stranger = Browser(make_buyer(on_discord.organization))
        assert stranger.ask(on_discord).status_code == 404

    def test_leads_back_to_where_the_merchant_says(
        self, on_discord: World, discord_server: Fake
    ) -> None:
        browser = Browser(on_discord.customer)
        CustomerSession.objects.update(return_url="https://acme.example/account")
        state = browser.go(on_discord)["state"]
        page = browser.come_back(error="access_denied", state=state).content.decode()
        assert 'href="https://acme.example/account"' in page


class TestUnlinking:
    def test_is_refused_while_a_grant_stands_on_it(
        self, on_discord: World, discord_server: Fake
    ) -> None:
        browser = Browser(on_discord.customer)
        account = on_discord.link("discord", "42", access_token="user-token")
        work_off()
        path = f"/v1/customer-portal/linked-accounts/{account.pk}"
        refused = browser.api.delete(path)
        assert (refused.status_code, refused.json()["error"]) == (409, "AccountInUse")
        [listed] = browser.api.get("/v1/customer-portal/linked-accounts/").json()["items"]
        assert (listed["id"], listed["account_username"]) == (str(account.pk), "user42")
        assert "secret" not in listed

        on_discord.align(is_entitled=False)
        assert browser.api.delete(path).status_code == 204
        assert not LinkedAccount.objects.exists()
        assert Event.objects.filter(type="linked_account.unlinked").count() == 1

    def test_is_for_ones_own(self, on_discord: World) -> None:
        account = on_discord.link("discord", "42", access_token="user-token")
        stranger = Browser(make_buyer(on_discord.organization))
        path = f"/v1/customer-portal/linked-accounts/{account.pk}"
        assert stranger.api.delete(path).status_code == 404
        assert stranger.api.get("/v1/customer-portal/linked-accounts/").json()["items"] == []
