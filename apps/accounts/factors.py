"""Second factors, as far as no row is written: codes by the clock, and what browsers are asked."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError

from apps.accounts.errors import WrongProof
from apps.accounts.models import User

ISSUER = "Comptroller"
STEP_SECONDS = 30
# How many steps the clock of a phone may be off.
STEPS_OFF = 1

# What the libraries say to an answer of a browser that is not right, or not even one.
REFUSALS = (ValidationError, InvalidSignature, ValueError, TypeError, KeyError, AttributeError)


def new_seed() -> str:
    """A seed for an authenticator app, in base 32."""
    return str(generate_totp_secret())


def seed_address(user: User, seed: str) -> str:
    """What an authenticator app is given, as a QR code or by hand."""
    return str(get_adapter().build_totp_url(user, seed))


def seed_picture(address: str) -> str:
    """The QR code, as SVG."""
    svg = str(get_adapter().build_totp_svg(address))
    return svg[svg.index("<svg") :]


def step_of_code(seed: str, code: str, *, at: datetime, after: int = -1) -> int:
    """
    The step of the clock that a code belongs to, later than `after`.

    :raises WrongProof: if it belongs to none that is near enough.
    """
    now, typed = int(at.timestamp()) // STEP_SECONDS, "".join(code.split())
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        right = format_hotp_value(hotp_value(seed, step))
        if hmac.compare_digest(right.encode(), typed.encode()) and step > after:
            return step
    raise WrongProof


def ask_for_passkey(user: User | None) -> dict[str, Any]:
    """What the browser is asked to sign; for nobody in particular, any passkey of this site."""
    return dict(webauthn.begin_authentication(user))


def ask_for_new_passkey(user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey that also opens the door alone."""
    return dict(webauthn.begin_registration(user, True))


def check_new_passkey(answer: Mapping[str, Any]) -> None:
    """
    Whether the browser made what it was asked for.

    :raises WrongProof: if not.
    """
    try:
        webauthn.complete_registration(dict(answer))
    except REFUSALS as error:
        raise WrongProof from error


def user_of_passkey(answer: Mapping[str, Any]) -> User:
    """
    Who the passkey says it belongs to; not proved by that.

    :raises WrongProof: nobody here.
    """
    try:
        found: User = webauthn.extract_user_from_response(dict(answer))
    except REFUSALS as error:
        raise WrongProof from error
    return found
