"""
Tries to prove who one is. Each is counted before it is looked at, so that many at once cannot be
more than are allowed, and given back if it was right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.accounts.errors import LockedOut
from apps.accounts.locks import lock_lockout, lock_lockouts
from apps.accounts.models import Lockout, SignIn, User
from apps.core.origin import Origin
from apps.events.operations import record

USER_AGENT_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """Who claims to be whom, from where, with what, and what for."""

    email: str
    occasion: str
    factor: str
    address: str
    user_agent: str = ""


def begin_try(*, one: Try, origin: Origin) -> None:
    """
    Count a try against its account and its address.

    The last that is allowed locks both out for a while, unless it turns out to be right. What is
    counted is forgotten after the same while without another try.

    :raises LockedOut: if there were too many; the try is kept in the log.
    """
    with transaction.atomic():
        rows = lock_lockouts(email=_key(one.email), address=one.address, at=origin.at)
        locked = [row.locked_until for row in rows if _is_locked(row, origin.at)]
        if not locked:
            for row in rows:
                _count(row, origin)
    if locked:
        _log(one, None, SignIn.Outcome.LOCKED, origin)
        raise LockedOut(max(until for until in locked if until is not None), origin.at)


@transaction.atomic
def fail_try(*, one: Try, user: User | None = None, origin: Origin) -> None:
    """Keep a wrong try in the log; `user` is who it was about, if there is such a person."""
    _log(one, user, SignIn.Outcome.FAILED, origin)
    if user is None:
        return
    row = Lockout.objects.filter(kind="account", key=_key(one.email)).first()
    if row is not None and _is_locked(row, origin.at):
        record(
            "user.locked_out",
            subject=user,
            organization_id=None,
            origin=origin,
            payload={"address": one.address, "failures": row.failures},
        )


@transaction.atomic
def pass_try(*, one: Try, user: User, is_whole: bool = True, origin: Origin) -> None:
    """
    Keep a right try in the log and give it back.

    Only a whole one, with all factors, clears what was counted against the account: who guessed
    the password gets no more tries at the second factor.
    """
    for row in lock_lockouts(email=_key(one.email), address=one.address, at=origin.at):
        if is_whole and row.kind == Lockout.Kind.ACCOUNT:
            row.delete()
            continue
        row.failures, row.locked_until = max(row.failures - 1, 0), None
        row.save(update_fields=["failures", "locked_until"])
    _log(one, user, SignIn.Outcome.SUCCEEDED if is_whole else SignIn.Outcome.HALF, origin)


@transaction.atomic
def unlock(*, lockout_id: UUID, origin: Origin) -> None:
    """
    Forget what was counted, so that tries are let in at once.

    :raises ResourceNotFound: if nothing is counted any more.
    """
    row = lock_lockout(lockout_id)
    record(
        "lockout.lifted",
        subject=row,
        organization_id=None,
        origin=origin,
        payload={"kind": row.kind, "key": row.key, "failures": row.failures},
    )
    row.delete()


def _count(row: Lockout, origin: Origin) -> None:
    while_ = timedelta(seconds=settings.SIGN_IN_LOCK_SECONDS)
    is_stale = row.locked_until is not None or origin.at - row.last_at > while_
    row.failures = 1 if is_stale else row.failures + 1
    allowed = {
        Lockout.Kind.ACCOUNT: settings.SIGN_IN_ACCOUNT_TRIES,
        Lockout.Kind.ADDRESS: settings.SIGN_IN_ADDRESS_TRIES,
    }[Lockout.Kind(row.kind)]
    row.locked_until = origin.at + while_ if row.failures >= allowed else None
    row.last_at = origin.at
    row.save(update_fields=["failures", "last_at", "locked_until"])


def _is_locked(row: Lockout, at: datetime) -> bool:
    return row.locked_until is not None and row.locked_until > at


def _key(email: str) -> str:
    return email.strip().lower()[:320]


def _log(one: Try, user: User | None, outcome: str, origin: Origin) -> None:
    SignIn.objects.create(
        created_at=origin.at,
        email=_key(one.email),
        user=user or User.objects.filter(email=_key(one.email)).first(),
        occasion=one.occasion,
        outcome=outcome,
        factor=one.factor,
        address=one.address[:64],
        user_agent=one.user_agent[:USER_AGENT_LENGTH],
    )
