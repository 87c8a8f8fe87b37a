"""A program asks whether its key holds: one read, and one write if it does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

from django.db import connection

from apps.core.origin import Origin
from apps.core.postgres.base import DatabaseWrapper
from apps.license_keys.models import LicenseKey, LicenseKeyActivation
from apps.license_keys.rules import Validation, require_valid
from apps.license_keys.selectors import asked_key

# An activation is seen again at most this often: a device that asks all day costs one write more.
SEEN_EVERY: Final = timedelta(hours=1)

# The row may change between read and write: what the answer stands on is asked again.
_HOLDS = """k.id = %(id)s AND k.key = %(key)s AND k.status = 'granted'
    AND (k.expires_at IS NULL OR k.expires_at > %(at)s)
    AND (%(increment)s = 0 OR k.limit_usage IS NULL OR k.usage + %(increment)s <= k.limit_usage)"""
_COUNT = """validations = k.validations + 1, usage = k.usage + %(increment)s,
    last_validated_at = %(at)s"""

_SAME_DAY: Final = f"""
UPDATE license_keys_licensekey AS k
SET {_COUNT}, day_validations = k.day_validations + 1
WHERE {_HOLDS} AND k.day = %(day)s
RETURNING k.usage, k.validations"""  # noqa: S608 -- parts of our own

# Whoever asks does not wait until the disk has the count: a server that dies may forget those of
# the last second. What uses a key up waits, and so does whoever asks within a transaction.
_LIGHT: Final = _SAME_DAY + ", set_config('synchronous_commit', 'off', true)"

# With the count of the day before put away, and the device seen.
_ANY_DAY: Final = f"""
WITH before AS MATERIALIZED (
    SELECT k.id, k.day, k.day_validations FROM license_keys_licensekey AS k
    WHERE {_HOLDS} FOR NO KEY UPDATE
), hit AS (
    UPDATE license_keys_licensekey AS k
    SET {_COUNT}, day = %(day)s, day_validations =
        CASE WHEN before.day = %(day)s THEN before.day_validations + 1 ELSE 1 END
    FROM before WHERE k.id = before.id
    RETURNING k.usage, k.validations
), closed AS (
    INSERT INTO license_keys_licensekeyday AS kept (license_key_id, date, validations)
    SELECT id, day, day_validations FROM before WHERE day <> %(day)s
    ON CONFLICT (license_key_id, date)
    DO UPDATE SET validations = kept.validations + EXCLUDED.validations
), seen AS (
    UPDATE license_keys_licensekeyactivation AS a SET last_seen_at = %(at)s
    FROM before WHERE a.id = %(activation_id)s AND a.license_key_id = before.id
)
SELECT usage, validations FROM hit"""  # noqa: S608 -- parts of our own


def validate_key(
    *,
    organization_id: UUID,
    asked: Validation,
    has_sources: bool = False,
    origin: Origin,
) -> tuple[LicenseKey, LicenseKeyActivation | None]:
    """
    The key, counted as validated (and used, by the increment), and the activation asked for.

    Each call counts. `origin` is on the machine's clock; the organization's is applied here.
    Nothing is recorded: the counts are.

    :raises ResourceNotFound: if the key does not hold for what is asked.
    :raises BadRequest: if more use is asked for than is left.
    """
    while True:
        key, activation = asked_key(
            organization_id, asked.key, asked.activation_id, has_sources=has_sources
        )
        here = origin.on_clock(key.organization.clock_offset)
        require_valid(key, activation, asked, here.at)
        counted = _count(key, activation, asked.increment_usage or 0, here)
        if counted is not None:
            key.usage, key.validations = counted
            key.last_validated_at = here.at
            return key, activation
        # It changed in between: rotated, revoked, used up. Look again, and say so.


def _count(
    key: LicenseKey, activation: LicenseKeyActivation | None, increment: int, origin: Origin
) -> tuple[int, int] | None:
    """Usage and validations after this one; None if the key does not hold any more."""
    is_seen = activation is None or _was_seen_lately(activation, origin)
    values = {
        "id": key.pk,
        "key": key.key,
        "at": origin.at,
        "day": origin.at.date(),
        "increment": increment,
    }
    if is_seen and key.day == values["day"]:
        is_light = not increment and not connection.in_atomic_block
        return _run(_LIGHT if is_light else _SAME_DAY, values)
    seen_id = None if is_seen or activation is None else activation.pk
    return _run(_ANY_DAY, {**values, "activation_id": seen_id})


def _was_seen_lately(activation: LicenseKeyActivation, origin: Origin) -> bool:
    seen = activation.last_seen_at
    return seen is not None and abs(origin.at - seen) < SEEN_EVERY


def _run(statement: str, values: dict[str, Any]) -> tuple[int, int] | None:
    with cast(DatabaseWrapper, connection).prepared_cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()
    return found and (found[0], found[1])
