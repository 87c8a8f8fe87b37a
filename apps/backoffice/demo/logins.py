"""The demo's staff: one login per role, with passwords of this data folder, and its limits."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from apps.accounts.models import User
from apps.accounts.operations import create_user, set_password
from apps.approvals.operations import set_limit
from apps.approvals.selectors import limits_of
from apps.core.origin import Origin

ROLES = ("viewer", "support", "finance", "admin")
# What one person of a role does alone; admins are not limited.
LIMITS = {"support": 100_00, "finance": 5_000_00}
CURRENCIES = ("usd", "eur")


@dataclass(frozen=True, slots=True)
class Login:
    """What somebody types into the sign-in form."""

    role: str
    email: str
    password: str


def demo_logins() -> list[Login]:
    """The logins of this data folder; the first call makes their passwords."""
    path = _path()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        passwords = {role: secrets.token_urlsafe(12) for role in ROLES}
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(passwords, file)
    passwords = json.loads(path.read_text())
    return [Login(role, f"{role}@comptroller.test", passwords[role]) for role in ROLES]


def ensure_logins(*, origin: Origin) -> None:
    """Make the users of `demo_logins`, or give them the passwords of this data folder."""
    for login in demo_logins():
        user = User.objects.filter(email=login.email).first()
        if user is None:
            create_user(
                email=login.email,
                name=f"Demo {login.role}",
                password=login.password,
                staff_role=login.role,
                origin=origin,
            )
        elif not user.check_password(login.password):
            set_password(user_id=user.pk, password=login.password, origin=origin)


def ensure_limits(*, origin: Origin) -> None:
    """Limits for the roles that have none at all; whoever changed theirs keeps them."""
    for role, amount in LIMITS.items():
        if limits_of(role):
            continue
        for currency in CURRENCIES:
            set_limit(role=role, currency=currency, amount=amount, origin=origin)


def forget_logins() -> None:
    """Make new passwords next time."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return Path(settings.DATA_DIR) / "secrets" / "demo_logins.json"
