"""Who may sign in, and in which role: decided by admins, never about themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.accounts.errors import LastAdmin
from apps.accounts.models import User
from apps.accounts.operations import change_staff_role, deactivate_user
from apps.core.errors import DomainError
from apps.events.models import Event
from apps.organizations.models import Membership
from tests.backoffice.acting import act, agree, happened
from tests.backoffice.world import Sold
from tests.cases.world import origin_at

Staff = Callable[[str], Client]
DEACTIVATE = "accounts_user_deactivate"
REACTIVATE = "accounts_user_reactivate"
ROLE = "accounts_user_change_role"


@pytest.fixture
def colleague(db: None) -> User:
    return User.objects.create_user("kim@example.com", "a long password", staff_role="support")


class TestDeactivating:
    def test_ends_sessions_and_keeps_the_role(self, staff: Staff, colleague: User) -> None:
        theirs = Client()
        theirs.force_login(colleague)
        assert theirs.get("/backoffice/").status_code == 200
        assert "HX-Redirect" in agree(staff("admin"), DEACTIVATE, colleague.pk)
        assert theirs.get("/backoffice/").status_code == 302
        assert not Client().login(username="kim@example.com", password="a long password")
        colleague.refresh_from_db()
        assert (colleague.is_active, colleague.staff_role) == (False, "support")
        event = happened("user.deactivated", "admin@example.com")
        assert event.changes == {"is_active": [True, False]}

    def test_says_which_merchants_lose_their_owner(self, staff: Staff, sold: Sold) -> None:
        Membership.objects.filter(user=sold.member).update(role="owner")
        shown = staff("admin").get(reverse(f"admin:{DEACTIVATE}", args=[sold.member.pk]))
        text = shown.content.decode()
        assert "They cannot act as owner of Merchant 1." in text
        assert "Merchant 1 is left without an owner who can sign in." in text

    def test_never_oneself(self, staff: Staff) -> None:
        client = staff("admin")
        admin = User.objects.get(email="admin@example.com")
        shown = client.get(reverse(f"admin:{DEACTIVATE}", args=[admin.pk]))
        assert b"Nobody deactivates themselves." in shown.content
        assert b"Nobody deactivates themselves." in act(client, DEACTIVATE, admin.pk).content
        admin.refresh_from_db()
        assert admin.is_active

    def test_is_for_admins_alone(self, staff: Staff, colleague: User) -> None:
        assert act(staff("finance"), DEACTIVATE, colleague.pk).status_code == 403
        assert act(staff("finance"), ROLE, colleague.pk, staff_role="admin").status_code == 403


class TestReactivating:
    def test_lets_them_in_again(self, staff: Staff, colleague: User) -> None:
        client = staff("admin")
        assert act(client, REACTIVATE, colleague.pk).status_code == 404
        agree(client, DEACTIVATE, colleague.pk)
        assert act(client, DEACTIVATE, colleague.pk).status_code == 404
        assert "HX-Redirect" in act(client, REACTIVATE, colleague.pk)
        assert Client().login(username="kim@example.com", password="a long password")
        happened("user.reactivated", "admin@example.com")


class TestTheLastAdmin:
    def test_stays(self, db: None) -> None:
        admin = User.objects.create_user("only@example.com", staff_role="admin")
        User.objects.create_user("former@example.com", staff_role="admin", is_active=False)
        with pytest.raises(LastAdmin):
            deactivate_user(user_id=admin.pk, origin=origin_at())
        with pytest.raises(LastAdmin):
            change_staff_role(user_id=admin.pk, staff_role="finance", origin=origin_at())
        admin.refresh_from_db()
        assert (admin.is_active, admin.staff_role) == (True, "admin")
        assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestTwoAdminsWhoEndEachOther:
    def test_leave_one(self) -> None:
        admins = [
            User.objects.create_user(f"{name}@example.com", staff_role="admin")
            for name in ("ann", "bob")
        ]
        gate, refusals = threading.Barrier(2), []

        def end(user: User) -> None:
            gate.wait()
            try:
                deactivate_user(user_id=user.pk, origin=origin_at())
            except DomainError as error:
                refusals.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=end, args=[user]) for user in admins]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [type(error) for error in refusals] == [LastAdmin]
        assert User.objects.filter(is_active=True).count() == 1
