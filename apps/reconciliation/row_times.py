"""When rows were made by the machine's clock, which their ids begin with."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID


def oldest_id_after(at: datetime) -> UUID:
    """The lowest id that a row made at `at` can have, by the machine's clock."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def made_at(row_id: UUID) -> datetime:
    """When a row was made by the machine's clock, which its id begins with."""
    return datetime.fromtimestamp((row_id.int >> 80) / 1000, tz=UTC)
