"""The door: passwords, second factors, lockouts, and the log of all of it."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.accounts.errors import LockedOut
from apps.accounts.factors import STEP_SECONDS, new_seed
from apps.accounts.models import Lockout, SignIn, StaffSession, User
from apps.accounts.operations import Try, add_app, begin_try
from apps.core.clock import system_time
from apps.core.sealing import unseal
from apps.events.models import Event
from tests.accounts.codes import code_of
from tests.cases.world import origin_at

PASSWORD = "a long password"
LOGIN = "/backoffice/login/"
SECOND = "/backoffice/sign-in/second-factor/"


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann@example.com", PASSWORD, staff_role="admin")


def knock(client: Client, password: str = PASSWORD, **more: str) -> HttpResponse:
    """Send the login form."""
    form = {"username": "Ann@example.com", "password": password, **more}
    return client.post(LOGIN, form, HTTP_USER_AGENT="Firefox on a test")  # type: ignore[return-value]


def enroll(user: User) -> tuple[str, list[str]]:
    """A seed of an app that counts, and the recovery codes; the present code is not used up."""
    seed, now = new_seed(), int(time.time())
    origin = origin_at(system_time())
    code = code_of(seed, at=int(origin.at.timestamp()))
    codes = add_app(user_id=user.pk, seed=seed, code=code, origin=origin)
    app = Authenticator.objects.get(user=user, type="totp")
    app.data["step"] = now // STEP_SECONDS - 5
    app.save()
    return seed, codes


class TestPasswords:
    def test_let_in_and_are_kept_in_the_log(self, ann: User) -> None:
        client = Client()
        response = knock(client, next="/backoffice/find/")
        assert response["Location"] == "/backoffice/find/"
        assert client.get("/backoffice/").status_code == 200
        one = SignIn.objects.get()
        assert (one.outcome, one.factor, one.occasion) == ("succeeded", "password", "sign_in")
        assert (one.user, one.address, one.user_agent) == (ann, "127.0.0.1", "Firefox on a test")
        session = StaffSession.objects.get(user=ann)
        assert (session.address, session.ended_at) == ("127.0.0.1", None)

    def test_do_not_lead_to_other_sites(self, ann: User) -> None:
        assert knock(Client(), next="https://evil.example/")["Location"] == "/backoffice/"

    def test_that_are_wrong_say_nothing_of_who_exists(self, ann: User) -> None:
        wrong = knock(Client(), "wrong").content.decode()
        other = Client().post(LOGIN, {"username": "zoe@example.com", "password": "wrong"})
        assert "Please enter the correct" in wrong
        assert "Please enter the correct" in other.content.decode()
        kept = SignIn.objects.order_by("email").values_list("email", "outcome", "user")
        assert list(kept) == [
            ("ann@example.com", "failed", ann.pk),
            ("zoe@example.com", "failed", None),
        ]

    def test_of_people_without_a_role_do_not_let_in(self, ann: User) -> None:
        User.objects.filter(pk=ann.pk).update(staff_role="")
        assert knock(Client()).status_code == 200
        assert SignIn.objects.get().outcome == "failed"


class TestLockouts:
    def test_follow_wrong_tries_whatever_the_address(self, ann: User, settings: Any) -> None:
        settings.SIGN_IN_ACCOUNT_TRIES = 3
        for number in range(3):
            Client(REMOTE_ADDR=f"192.0.2.{number}").post(
                LOGIN, {"username": "ann@example.com", "password": "wrong"}
            )
        page = knock(Client()).content.decode()
        assert "Too many tries. Wait 15 minutes" in page
        assert SignIn.objects.filter(outcome="locked").count() == 1
        event = Event.objects.get(type="user.locked_out")
        assert event.subject_id == str(ann.pk)

    def test_follow_wrong_tries_from_one_address(self, ann: User, settings: Any) -> None:
        settings.SIGN_IN_ADDRESS_TRIES = 3
        for number in range(3):
            Client().post(LOGIN, {"username": f"{number}@example.com", "password": "wrong"})
        assert "Too many tries" in knock(Client()).content.decode()
        assert knock(Client(REMOTE_ADDR="192.0.2.1")).status_code == 302

    def test_are_cleared_by_the_right_password(self, ann: User, settings: Any) -> None:
        settings.SIGN_IN_ACCOUNT_TRIES = 2
        knock(Client(), "wrong")
        assert knock(Client()).status_code == 302
        knock(Client(), "wrong")
        assert knock(Client()).status_code == 302

    def test_pass(self, ann: User, settings: Any) -> None:
        settings.SIGN_IN_ACCOUNT_TRIES = 1
        knock(Client(), "wrong")
        assert knock(Client()).status_code == 200
        Lockout.objects.update(locked_until=system_time())
        assert knock(Client()).status_code == 302

    def test_are_lifted_by_admins(self, ann: User, settings: Any) -> None:
        settings.SIGN_IN_ACCOUNT_TRIES = 1
        knock(Client(), "wrong")
        admin = Client()
        admin.force_login(User.objects.create_user("bob@example.com", staff_role="admin"))
        row = Lockout.objects.get(kind="account")
        admin.post(
            reverse("admin:accounts_lockout_lift", args=[row.pk]),
            {"_form_submitted": "on", "reason": "Ann called"},
        )
        assert knock(Client()).status_code == 302
        assert Event.objects.get(type="lockout.lifted").reason == "Ann called"


@pytest.mark.django_db(transaction=True)
class TestTriesAtOnce:
    def test_are_no_more_than_are_allowed(self, settings: Any) -> None:
        settings.SIGN_IN_ACCOUNT_TRIES, let_in = 3, []
        one = Try(email="a@example.com", occasion="sign_in", factor="password", address="::1")

        def go() -> None:
            try:
                begin_try(one=one, origin=origin_at(system_time()))
                let_in.append(1)
            except LockedOut:
                pass
            finally:
                connection.close()

        threads = [threading.Thread(target=go) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(let_in) == 3


class TestSecondFactors:
    def test_are_asked_for_after_the_password(self, ann: User) -> None:
        seed, _ = enroll(ann)
        client = Client()
        assert knock(client, next="/backoffice/find/")["Location"] == SECOND
        assert client.get("/backoffice/").status_code == 302
        assert "Code of your app" in client.get(SECOND).content.decode()
        response = client.post(SECOND, {"_code": code_of(seed)})
        assert response["Location"] == "/backoffice/find/"
        assert client.get("/backoffice/").status_code == 200
        kept = SignIn.objects.order_by("created_at").values_list("outcome", "factor")
        assert list(kept) == [("half", "password"), ("succeeded", "totp")]

    def test_take_no_code_twice(self, ann: User) -> None:
        seed, _ = enroll(ann)
        for expected in (302, 200):
            client = Client()
            knock(client)
            assert client.post(SECOND, {"_code": code_of(seed)}).status_code == expected

    def test_are_not_replaced_by_the_password(self, ann: User) -> None:
        enroll(ann)
        client = Client()
        knock(client)
        assert client.post(SECOND, {"_password": PASSWORD}).status_code == 200
        assert client.get("/backoffice/").status_code == 302

    def test_lock_out_who_guesses_them(self, ann: User, settings: Any) -> None:
        settings.SIGN_IN_ACCOUNT_TRIES = 3
        enroll(ann)
        for _ in range(3):
            client = Client()
            knock(client)
            client.post(SECOND, {"_code": "000000"})
        assert "Too many tries" in knock(Client()).content.decode()

    def test_are_recovered_once_by_each_code(self, ann: User) -> None:
        _, codes = enroll(ann)
        assert len(set(codes)) == 10
        for expected in (302, 200):
            client = Client()
            knock(client)
            assert client.post(SECOND, {"_code": codes[3]}).status_code == expected
        assert SignIn.objects.filter(factor="recovery_code", outcome="succeeded").count() == 1

    def test_need_the_password_first_and_soon(self, ann: User) -> None:
        seed, _ = enroll(ann)
        client = Client()
        assert client.post(SECOND, {"_code": code_of(seed)})["Location"] == LOGIN
        knock(client)
        session = client.session
        session["pending_sign_in"]["since"] -= 601
        session.save()
        assert client.post(SECOND, {"_code": code_of(seed)})["Location"] == LOGIN

    def test_keep_their_seed_sealed(self, ann: User) -> None:
        seed, _ = enroll(ann)
        kept = Authenticator.objects.get(user=ann, type="totp").data["secret"]
        assert seed not in kept
        assert unseal(kept, place="mfa.authenticator") == seed
        codes = Authenticator.objects.get(user=ann, type="recovery_codes").data["seed"]
        assert codes.startswith("v1.")


class TestRolesThatNeedOne:
    def test_open_only_the_page_to_add_it(self, ann: User, settings: Any) -> None:
        settings.SECOND_FACTOR_ROLES = ("finance", "admin")
        client = Client()
        knock(client)
        assert client.get("/backoffice/")["Location"] == "/backoffice/security/"
        assert client.post("/backoffice/find/")["Location"] == "/backoffice/security/"
        assert (
            "Your role needs a second factor"
            in client.get("/backoffice/security/").content.decode()
        )
        enroll(ann)
        assert client.get("/backoffice/").status_code == 200

    def test_cannot_remove_the_last(self, ann: User, settings: Any) -> None:
        settings.SECOND_FACTOR_ROLES = ("admin",)
        enroll(ann)
        client = Client()
        client.force_login(ann)
        app = Authenticator.objects.get(user=ann, type="totp")
        client.post(reverse("admin:remove_factor", args=[app.pk]))
        assert Authenticator.objects.filter(pk=app.pk).exists()
        settings.SECOND_FACTOR_ROLES = ()
        client.post(reverse("admin:remove_factor", args=[app.pk]))
        assert not Authenticator.objects.filter(user=ann).exists()
        assert Event.objects.filter(type="user.factor_removed").count() == 1
