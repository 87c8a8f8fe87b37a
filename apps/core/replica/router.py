"""Django's way to a database."""

from __future__ import annotations

from typing import Any

from apps.core.replica.route import PRIMARY, reading_alias


class ReplicaRouter:
    """
    Reads where the request reads; writes, locks and migrations on the primary.

    `select_for_update` counts as writing, and so does everything in a request that wrote.
    """

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """The replica or the primary."""
        return reading_alias()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """The primary."""
        return PRIMARY

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        """Always: both hold the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Only the primary: the replica follows."""
        return db == PRIMARY
