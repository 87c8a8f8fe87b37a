"""Who did it, when, and through which door: built by an interface, passed to every operation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from apps.core.clock import moment


class Actor(StrEnum):
    """The kind of party that causes a change."""

    STAFF = "staff"
    MERCHANT = "merchant"
    CUSTOMER = "customer"
    PROVIDER = "provider"
    SYSTEM = "system"


class Door(StrEnum):
    """The interface through which a change comes in."""

    BACKOFFICE = "backoffice"
    API = "api"
    CHECKOUT = "checkout"
    PORTAL = "portal"
    TASK = "task"
    COMMAND = "command"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Travels through operations in place of a request; `at` is their only clock (UTC)."""

    actor: Actor
    actor_id: str = ""
    actor_label: str = ""
    door: Door
    at: datetime
    reason: str = ""
    idempotency_key: str = field(default="", repr=False)

    def on_clock(self, clock_offset: timedelta) -> Origin:
        """
        The same origin by a test clock that runs so far ahead.

        For one that was built before it was known whose clock counts.
        """
        return replace(self, at=self.at + clock_offset)

    def because(self, reason: str) -> Origin:
        """The same origin with a stated reason."""
        return replace(self, reason=reason)


def build_origin(
    *,
    actor: Actor,
    door: Door,
    actor_id: str = "",
    actor_label: str = "",
    clock_offset: timedelta = timedelta(),
    reason: str = "",
    idempotency_key: str = "",
) -> Origin:
    """
    An origin as of now.

    `clock_offset` is how far the test clock of a sandbox organization runs ahead
    (`Organization.clock_offset`, zero outside the sandbox). Under `clock.pinned` it is that moment.
    """
    return Origin(
        actor=actor,
        actor_id=actor_id,
        actor_label=actor_label,
        door=door,
        at=moment(clock_offset),
        reason=reason,
        idempotency_key=idempotency_key,
    )


def system_origin(door: Door, *, clock_offset: timedelta = timedelta()) -> Origin:
    """An origin for what nobody in particular asked for: beat, tasks, commands."""
    return build_origin(actor=Actor.SYSTEM, door=door, clock_offset=clock_offset)
