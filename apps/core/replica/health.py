"""Is the replica worth reading from? A line of `/healthz`, where there is one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings

from apps.core.health import Finding, HealthCheck, register_health_check
from apps.core.replica.choosing import GONE, LATE, PROMOTED, READY, judge

_TEXTS: Final = {
    READY: "read from",
    LATE: "too late; lists are read from the primary",
    PROMOTED: "takes writes of its own; lists are read from the primary",
    GONE: "does not answer; lists are read from the primary",
}


def register() -> None:
    """Called once, when the app is ready; nothing is looked at without a replica."""
    if settings.DATABASE_REPLICA_URL:
        register_health_check(HealthCheck(name="replica", title="Replica", find=_find))


def _find(at: datetime) -> Finding:
    state = judge().check()
    return Finding(state == READY, _TEXTS[state])
