"""The command that lets a lone admin in again."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import Lockout, StaffSession, User
from apps.core.clock import system_time
from apps.events.models import Event

pytestmark = pytest.mark.django_db
ADDRESS = "admin@example.com"
WHY = "The only admin lost the phone"


@pytest.fixture
def admin() -> User:
    user = User.objects.create_user(ADDRESS, "a long password", staff_role="admin")
    now = system_time()
    for kind, key in (("account", ADDRESS), ("address", "192.0.2.7"), ("account", "b@example.com")):
        Lockout.objects.create(
            kind=kind, key=key, failures=5, last_at=now, locked_until=now + timedelta(minutes=15)
        )
    StaffSession.objects.create(user=user, created_at=now, seen_at=now, address="192.0.2.7")
    return user


def run(*words: str, reason: str = WHY) -> str:
    out = StringIO()
    call_command("unlock_staff", *words, reason=reason, stdout=out)
    return out.getvalue()


def locked() -> set[Any]:
    return set(Lockout.objects.values_list("key", flat=True))


def test_lifts_the_lockout_of_the_account_alone(admin: User) -> None:
    assert "is lifted" in run(ADDRESS.upper())
    assert locked() == {"192.0.2.7", "b@example.com"}
    event = Event.objects.get(type="lockout.lifted")
    assert (event.actor, event.door, event.reason) == ("system", "command", WHY)
    assert event.actor_label.endswith("on the machine")
    assert "Nothing keeps" in run(ADDRESS)


def test_lifts_that_of_an_address_when_told(admin: User) -> None:
    run(ADDRESS, "--address", "192.0.2.7")
    assert locked() == {"b@example.com"}


def test_takes_factors_and_sessions_and_sets_a_password(admin: User) -> None:
    said = run(ADDRESS, "--reset-factors", "--new-password")
    admin.refresh_from_db()
    assert admin.check_password(said.strip().rpartition(": ")[2])
    assert not StaffSession.objects.filter(ended_at=None).exists()
    assert Event.objects.filter(type="user.factors_reset").count() == 1


def test_makes_somebody_active_again(admin: User) -> None:
    User.objects.update(is_active=False)
    assert "is active again" in run(ADDRESS)
    admin.refresh_from_db()
    assert admin.is_active


@pytest.mark.parametrize("email", ["nobody@example.com", "member@example.com"])
def test_is_for_staff_alone(admin: User, email: str) -> None:
    User.objects.create_user("member@example.com")
    with pytest.raises(CommandError, match="No staff member"):
        run(email)


def test_wants_a_reason(admin: User) -> None:
    with pytest.raises(CommandError, match="reason"):
        run(ADDRESS, reason="because")
    assert locked() == {ADDRESS, "192.0.2.7", "b@example.com"}
