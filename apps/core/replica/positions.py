"""Positions in the write-ahead log, and whose writes went how far."""

from __future__ import annotations

import re
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from redis.exceptions import RedisError

from apps.core.replica.route import PRIMARY

log = structlog.get_logger(__name__)

_POSITION: Final = re.compile(r"([0-9A-F]{1,8})/([0-9A-F]{1,8})")
# Beyond any log: what a replica would have to reach when it is not known what it has to.
UNKNOWN: Final = 2**64


def parse_position(text: str) -> int:
    """`16/B374D848` as a number that grows with the log; 0 for anything else."""
    found = _POSITION.fullmatch(text)
    return (int(found[1], 16) << 32) + int(found[2], 16) if found else 0


def position_text(position: int) -> str:
    """A position as PostgreSQL writes it."""
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


def primary_position() -> int:
    """
    How far the primary has written.

    It is the end of what is inserted, not of what is flushed: with `synchronous_commit` off the
    latter may lie before a transaction that is already answered.
    """
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        return parse_position(cursor.fetchone()[0])


def remembered_for() -> int:
    """
    Seconds that a position is kept.

    After that the replica has passed it, or is so late that nobody reads from it (see `Horizon`).
    """
    return max(60, int(3 * settings.REPLICA_LAG_SECONDS))


def remember(caller: str, position: int) -> None:
    """Keep how far the writes of a caller go, for all processes."""
    try:
        cache.set(_key(caller), position, timeout=remembered_for())
    except RedisError as error:
        log.warning("replica_position_lost", error=type(error).__name__)


def recall(caller: str) -> int:
    """The position to which the caller wrote; 0 if long ago, `UNKNOWN` if nobody can tell."""
    try:
        kept: Any = cache.get(_key(caller))
    except RedisError:
        return UNKNOWN
    return int(kept or 0)


def _key(caller: str) -> str:
    return f"replica:position:{caller}"
