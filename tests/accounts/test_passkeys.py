"""Passkeys in a real browser, with an authenticator that it pretends to have."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.accounts.door import PROVED_AT
from apps.accounts.models import SignIn, User
from tests.accounts.codes import code_of
from tests.backoffice.test_browser import serious_findings

PASSWORD = "a long password"


def give_authenticator(page: Page) -> None:
    """A device in the browser that keeps passkeys and finds its owner present."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, live_server: LiveServer) -> None:
    """With e-mail and password."""
    page.goto(live_server.url + "/backoffice/login/")
    page.get_by_label("E-mail").or_(page.locator("#id_username")).first.fill("ann@example.com")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def sign_out(page: Page, live_server: LiveServer) -> None:
    """By forgetting the session."""
    page.context.clear_cookies()


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann@example.com", PASSWORD, staff_role="admin")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    def test_a_passkey_opens_the_door_alone_and_after_the_password(
        self, page: Page, ann: User, live_server: LiveServer
    ) -> None:
        give_authenticator(page)
        sign_in(page, live_server)
        page.goto(live_server.url + "/backoffice/security/")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert serious_findings(page) == []
        page.get_by_label("Name of the passkey").fill("Laptop")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.locator("body")).to_contain_text("Passkey: Laptop")
        expect(page.locator("#bo-codes li")).to_have_count(10)
        assert Authenticator.objects.filter(user=ann, type="webauthn").count() == 1

        sign_out(page, live_server)
        page.goto(live_server.url + "/backoffice/login/")
        assert serious_findings(page) == []
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url("**/backoffice/")
        assert SignIn.objects.latest("created_at").factor == "passkey"

        sign_out(page, live_server)
        sign_in(page, live_server)
        page.wait_for_url("**/second-factor/")
        assert serious_findings(page) == []
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url("**/backoffice/")
        kept = SignIn.objects.order_by("created_at").values_list("outcome", "factor")
        assert list(kept)[-2:] == [("half", "password"), ("succeeded", "passkey")]

    def test_an_old_proof_is_renewed_in_the_dialog(
        self, page: Page, ann: User, live_server: LiveServer
    ) -> None:
        kim = User.objects.create_user("kim@example.com", staff_role="support")
        sign_in(page, live_server)
        page.wait_for_url("**/backoffice/")
        age_proofs()
        page.goto(f"{live_server.url}/backoffice/accounts/user/{kim.pk}/change/")
        page.get_by_role("link", name="Deactivate").click()
        dialog = page.locator("#modal-content")
        expect(dialog).to_contain_text("Is it you?")
        assert serious_findings(page) == []
        dialog.get_by_label("Password").fill("wrong")
        dialog.get_by_role("button", name="Continue").click()
        expect(dialog.get_by_role("alert")).to_contain_text("That is not right.")
        dialog.get_by_label("Password").fill(PASSWORD)
        dialog.get_by_role("button", name="Continue").click()
        expect(dialog).to_contain_text("kim@example.com is deactivated")
        dialog.get_by_label("Reason").fill("Left us")
        dialog.get_by_role("button", name="Deactivate").click()
        expect(page.locator("body")).to_contain_text("can no longer sign in")
        kim.refresh_from_db()
        assert not kim.is_active

    def test_an_app_is_added_and_asked_for(
        self, page: Page, ann: User, live_server: LiveServer
    ) -> None:
        sign_in(page, live_server)
        page.goto(live_server.url + "/backoffice/security/app/")
        seed = page.locator("#bo-seed").inner_text()
        expect(page.locator(".bo-qr svg")).to_be_visible()
        page.get_by_role("textbox", name="Code").fill(code_of(seed))
        page.get_by_role("button", name="Add the app").click()
        expect(page.locator("#bo-codes li")).to_have_count(10)
        code = page.locator("#bo-codes li").first.inner_text()
        sign_out(page, live_server)
        sign_in(page, live_server)
        page.get_by_label(re.compile("Code of your app")).fill(code)
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/backoffice/")


def age_proofs() -> None:
    """Make the last proof of every session old."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    for row in Session.objects.all():
        store = SessionStore(row.session_key)
        store[PROVED_AT] = 0
        store.save()


class TestAnswersThatAreNone:
    @pytest.mark.parametrize("answer", ["", "1", "[]", "{", "{}", '{"response": {}}'])
    def test_let_nobody_in(self, ann: User, answer: str) -> None:
        client = Client()
        client.post("/backoffice/sign-in/passkey/options/")
        page = client.post("/backoffice/sign-in/passkey/", {"_passkey": answer})
        assert "That is not right." in page.content.decode()
        assert client.get("/backoffice/").status_code == 302
