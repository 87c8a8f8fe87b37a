"""Second factors: added, used up, taken away. Every change is an event, every use is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.db import transaction

from apps.accounts import factors
from apps.accounts.errors import WrongProof
from apps.accounts.locks import lock_factor, lock_user
from apps.accounts.models import Factor, User
from apps.accounts.operations.sessions import end_sessions
from apps.accounts.selectors import has_second_factor, is_factor_required
from apps.core.errors import NotPermitted, ResourceNotFound
from apps.core.origin import Origin
from apps.events.operations import record

Type = Authenticator.Type
NAME_LENGTH = 60


@transaction.atomic
def add_app(*, user_id: UUID, seed: str, code: str, origin: Origin) -> list[str]:
    """
    Have an authenticator app count, in place of the one before; new recovery codes, if it is the
    first factor.

    :raises WrongProof: if the code is not one of this seed by now.
    """
    user = lock_user(user_id)
    step = factors.step_of_code(seed, code, at=origin.at)
    Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
    made = TOTP.activate(user, seed).instance
    made.data["step"] = step
    made.save(update_fields=["data"])
    return _added(user, Factor.TOTP, origin)


@transaction.atomic
def add_passkey(
    *, user_id: UUID, name: str, answer: Mapping[str, Any], origin: Origin
) -> list[str]:
    """
    Keep a passkey that the browser has just made; new recovery codes, if it is the first factor.

    :raises WrongProof: if it is not what was asked for.
    """
    user = lock_user(user_id)
    factors.check_new_passkey(answer)
    webauthn.WebAuthn.add(user, name.strip()[:NAME_LENGTH] or "Passkey", dict(answer))
    return _added(user, Factor.PASSKEY, origin)


@transaction.atomic
def renew_recovery_codes(*, user_id: UUID, origin: Origin) -> list[str]:
    """
    New recovery codes; those before are worth nothing.

    :raises NotPermitted: without a factor to recover from.
    """
    user = lock_user(user_id)
    if not has_second_factor(user.pk):
        raise NotPermitted("Add a second factor first.")
    Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    record("user.recovery_codes_renewed", subject=user, organization_id=None, origin=origin)
    return _recovery_codes(user)


@transaction.atomic
def remove_factor(*, user_id: UUID, factor_id: int, origin: Origin) -> None:
    """
    Have a factor count no longer; with the last one go the recovery codes.

    :raises NotPermitted: if their role needs one and this is the last.
    :raises ResourceNotFound: if they have no such factor.
    """
    user = lock_user(user_id)
    proper = Authenticator.objects.filter(user=user).exclude(type=Type.RECOVERY_CODES)
    factor = proper.filter(pk=factor_id).first()
    if factor is None:
        raise ResourceNotFound
    is_last = proper.count() == 1
    if is_last and is_factor_required(user):
        raise NotPermitted("Your role needs a second factor: add another one first.")
    kind = factor.type
    factor.delete()
    if is_last:
        Authenticator.objects.filter(user=user).delete()
    record(
        "user.factor_removed",
        subject=user,
        organization_id=None,
        origin=origin,
        payload={"factor": kind},
    )


@transaction.atomic
def reset_factors(*, user_id: UUID, origin: Origin) -> None:
    """Take all factors and sessions from somebody who lost their phone."""
    user = lock_user(user_id)
    Authenticator.objects.filter(user=user).delete()
    record("user.factors_reset", subject=user, organization_id=None, origin=origin)
    end_sessions(user_id=user.pk, origin=origin)


@transaction.atomic
def use_code(*, user_id: UUID, code: str, origin: Origin) -> str:
    """
    The factor that a code is of: the authenticator app or a recovery code. No code works twice.

    :raises WrongProof: if it is neither.
    """
    app = lock_factor(user_id, Type.TOTP)
    if app is not None:
        try:
            seed = decrypt(app.data["secret"])
            step = factors.step_of_code(seed, code, at=origin.at, after=app.data.get("step", -1))
        except WrongProof:
            pass
        else:
            app.data["step"], app.last_used_at = step, origin.at
            app.save(update_fields=["data", "last_used_at"])
            return Factor.TOTP
    codes = lock_factor(user_id, Type.RECOVERY_CODES)
    if codes is None or not RecoveryCodes(codes).validate_code(code.strip()):
        raise WrongProof
    Authenticator.objects.filter(pk=codes.pk).update(last_used_at=origin.at)
    return Factor.RECOVERY_CODE


def use_passkey(*, user: User, answer: Mapping[str, Any], origin: Origin) -> None:
    """
    Accept what one of the user's passkeys signed; each question is good for one answer.

    :raises WrongProof: if it was not theirs, or not what was asked for.
    """
    try:
        factor = webauthn.complete_authentication(user, dict(answer))
    except factors.REFUSALS as error:
        raise WrongProof from error
    Authenticator.objects.filter(pk=factor.pk).update(last_used_at=origin.at)


def _added(user: User, factor: str, origin: Origin) -> list[str]:
    record(
        "user.factor_added",
        subject=user,
        organization_id=None,
        origin=origin,
        payload={"factor": factor},
    )
    has_codes = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).exists()
    return [] if has_codes else _recovery_codes(user)


def _recovery_codes(user: User) -> list[str]:
    return list(RecoveryCodes.activate(user).get_unused_codes())
