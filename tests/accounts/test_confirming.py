"""Who sits there now: proofs that grow old, sessions that are ended, factors that are reset."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from apps.accounts.door import PROVED_AT
from apps.accounts.models import SignIn, StaffSession, User
from apps.core.clock import system_time
from apps.core.models import DeadTask
from apps.events.models import Event
from tests.accounts.codes import code_of
from tests.accounts.test_signing_in import PASSWORD, enroll
from tests.backoffice.acting import act, agree, fingerprint_in, happened
from tests.backoffice.conftest import staff

__all__ = ["staff"]

Staff = Callable[[str], Client]
DEACTIVATE = "accounts_user_deactivate"


@pytest.fixture
def kim(db: None) -> User:
    return User.objects.create_user("kim@example.com", PASSWORD, staff_role="support")


def make_dead_task() -> DeadTask:
    return DeadTask.objects.create(
        task_id="t",
        name="events.sweep",
        queue="low",
        error="Gone",
        failed_at=system_time(),
    )


def grow_old(client: Client, seconds: int = 15 * 60) -> None:
    """Have the last proof be so long ago."""
    session = client.session
    session[PROVED_AT] = system_time().timestamp() - seconds
    session.save()


def hidden_in(response: Any) -> dict[str, str]:
    """The hidden fields of a dialog."""
    pairs = re.findall(
        r'type="hidden" name="(\w+)"(?: value="([^"]*)")?', response.content.decode()
    )
    return {name: value.replace("&amp;", "&") for name, value in pairs if value}


class TestVerbsWithMoneyOrStatus:
    def test_ask_again_after_a_quarter_of_an_hour(self, staff: Staff, kim: User) -> None:
        client, address = staff("admin"), reverse(f"admin:{DEACTIVATE}", args=[kim.pk])
        grow_old(client, 15 * 60 - 20)
        assert b"Is it you?" not in client.get(address).content
        grow_old(client)
        asked = client.get(address)
        assert b"Is it you?" in asked.content
        assert asked["HX-Retarget"] == "#modal-content"
        shown = client.post(address, {**hidden_in(asked), "_password": "a long password"})
        assert fingerprint_in(shown)
        kim.refresh_from_db()
        assert kim.is_active
        assert "HX-Redirect" in agree(client, DEACTIVATE, kim.pk)
        one = SignIn.objects.get(occasion="confirmation")
        assert (one.outcome, one.factor, one.email) == (
            "succeeded",
            "password",
            "admin@example.com",
        )

    def test_do_nothing_without_the_right_password(self, staff: Staff, kim: User) -> None:
        client, address = staff("admin"), reverse(f"admin:{DEACTIVATE}", args=[kim.pk])
        agreed = fingerprint_in(client.get(address))
        grow_old(client)
        form = {"_form_submitted": "on", "reason": "Left", "_agreed": agreed}
        asked = client.post(address, form)
        for wrong in ("", "wrong"):
            page = client.post(address, {**hidden_in(asked), "_password": wrong})
            assert b"That is not right." in page.content
        kim.refresh_from_db()
        assert kim.is_active
        assert SignIn.objects.get().outcome == "failed"

    def test_show_the_plan_again_with_what_was_filled_in(self, staff: Staff, kim: User) -> None:
        client, address = staff("admin"), reverse(f"admin:{DEACTIVATE}", args=[kim.pk])
        agreed = fingerprint_in(client.get(address))
        grow_old(client)
        form = {"_form_submitted": "on", "reason": "Left & gone", "_agreed": agreed}
        asked = client.post(address, form)
        again = client.post(address, {**hidden_in(asked), "_password": "a long password"})
        assert fingerprint_in(again) == agreed
        assert b"Left &amp; gone" in again.content
        kim.refresh_from_db()
        assert kim.is_active

    def test_go_on_with_what_was_sent_where_there_is_no_plan(self, staff: Staff, kim: User) -> None:
        client = staff("admin")
        grow_old(client)
        asked = act(client, "accounts_user_end_all_sessions", kim.pk)
        assert not Event.objects.exists()
        theirs = Client()
        theirs.force_login(kim)
        address = reverse("admin:accounts_user_end_all_sessions", args=[kim.pk])
        done = client.post(
            address,
            {**hidden_in(asked), "_password": "a long password"},
            HTTP_HX_REQUEST="true",
        )
        assert "HX-Redirect" in done
        happened("user.sessions_ended", "admin@example.com")

    def test_take_a_code_of_the_app(self, staff: Staff, kim: User) -> None:
        client, address = staff("admin"), reverse(f"admin:{DEACTIVATE}", args=[kim.pk])
        seed, _ = enroll(User.objects.get(email="admin@example.com"))
        grow_old(client)
        asked = client.get(address)
        assert b"a code of your app" in asked.content
        shown = client.post(address, {**hidden_in(asked), "_code": code_of(seed)})
        assert fingerprint_in(shown)

    def test_are_closed_to_lower_roles_before_anything_is_asked(
        self, staff: Staff, kim: User
    ) -> None:
        client = staff("support")
        grow_old(client)
        assert client.get(reverse(f"admin:{DEACTIVATE}", args=[kim.pk])).status_code == 403

    def test_leave_harmless_verbs_alone(self, staff: Staff, kim: User) -> None:
        client, task = staff("support"), make_dead_task()
        grow_old(client)
        assert "HX-Redirect" in act(client, "core_deadtask_retry", task.pk)
        task.refresh_from_db()
        assert task.retried_at is not None

    def test_are_also_those_of_finance_and_admins(self, staff: Staff, kim: User) -> None:
        client = staff("admin")
        grow_old(client)
        asked = act(client, "accounts_user_change_role", kim.pk, staff_role="viewer")
        assert b"Is it you?" in asked.content
        kim.refresh_from_db()
        assert kim.staff_role == "support"


class TestSessions:
    def test_are_listed_and_ended_by_their_owner(self, kim: User) -> None:
        one, other = Client(HTTP_USER_AGENT="Phone"), Client(HTTP_USER_AGENT="Laptop")
        for client in (one, other):
            client.post("/backoffice/login/", {"username": kim.email, "password": PASSWORD})
        page = other.get("/backoffice/security/").content.decode()
        assert "Phone" in page and "Laptop" in page
        phone = StaffSession.objects.get(user_agent="Phone")
        other.post(reverse("admin:end_own_session", args=[phone.pk]))
        assert one.get("/backoffice/")["Location"].startswith("/backoffice/login/")
        assert other.get("/backoffice/").status_code == 200
        phone.refresh_from_db()
        assert phone.ended_by == "kim@example.com"

    def test_of_others_are_not_ended_there(self, staff: Staff, kim: User) -> None:
        theirs = Client()
        theirs.force_login(kim)
        session = StaffSession.objects.get(user=kim)
        response = staff("viewer").post(reverse("admin:end_own_session", args=[session.pk]))
        assert response.status_code == 404
        assert theirs.get("/backoffice/").status_code == 200

    def test_are_ended_by_admins(self, staff: Staff, kim: User) -> None:
        theirs = Client()
        theirs.force_login(kim)
        session = StaffSession.objects.get(user=kim)
        act(staff("admin"), "accounts_staffsession_end", session.pk)
        assert theirs.get("/backoffice/").status_code == 302
        happened("session.ended", "admin@example.com")

    def test_all_but_this_end_at_once(self, kim: User) -> None:
        one, other = Client(), Client()
        one.force_login(kim)
        other.force_login(kim)
        other.post(reverse("admin:end_other_sessions"))
        assert one.get("/backoffice/").status_code == 302
        assert other.get("/backoffice/").status_code == 200

    def test_end_with_signing_out(self, kim: User) -> None:
        client = Client()
        client.force_login(kim)
        client.post("/backoffice/logout/")
        assert StaffSession.objects.get(user=kim).ended_at is not None

    def test_are_not_believed_without_their_row(self, kim: User) -> None:
        client = Client()
        client.force_login(kim)
        StaffSession.objects.filter(user=kim).delete()
        assert client.get("/backoffice/").status_code == 302


class TestOwnFactors:
    def test_are_added_with_the_first_code(self, staff: Staff) -> None:
        client = staff("viewer")
        page = client.get(reverse("admin:add_app"))
        found = re.search(r'id="bo-seed">([A-Z2-7]+)<', page.content.decode())
        assert found is not None and b"<svg" in page.content
        assert (
            b"That is not right."
            in client.post(reverse("admin:add_app"), {"code": "000000"}).content
        )
        done = client.post(reverse("admin:add_app"), {"code": code_of(found[1])})
        codes = re.findall(r"<li><code>(\d+)</code>", done.content.decode())
        assert len(codes) == 10
        assert "no-store" in done["Cache-Control"]
        assert Event.objects.get(type="user.factor_added").payload == {"factor": "totp"}
        renewed = client.post(reverse("admin:recovery_codes"))
        assert not set(codes) & set(re.findall(r"<li><code>(\d+)</code>", renewed.content.decode()))

    def test_need_a_fresh_proof(self, staff: Staff) -> None:
        client = staff("viewer")
        grow_old(client)
        asked = client.get(reverse("admin:add_app"))
        assert asked["Location"] == "/backoffice/security/confirm/?next=%2Fbackoffice%2Fsecurity%2F"
        assert client.get(asked["Location"]).status_code == 200
        back = client.post(asked["Location"], {"_password": "a long password"})
        assert back["Location"] == "/backoffice/security/"
        assert client.get(reverse("admin:add_app")).status_code == 200

    def test_are_reset_by_admins(self, staff: Staff, kim: User) -> None:
        enroll(kim)
        theirs = Client()
        theirs.force_login(kim)
        act(staff("admin"), "accounts_user_reset_second_factors", kim.pk)
        assert not Authenticator.objects.filter(user=kim).exists()
        assert theirs.get("/backoffice/").status_code == 302
        happened("user.factors_reset", "admin@example.com")
