"""Primary keys: UUIDv7, so that rows sort by the time of their making."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return UUID(int=_uuid7().int)
