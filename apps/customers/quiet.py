"""When changes of a customer's state have come to rest. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

# Nothing more for so long, and it is told ...
QUIET: Final = timedelta(seconds=3)
# ... or so long after the first change, however many follow.
LONGEST: Final = timedelta(seconds=30)


def due_at(times: Sequence[datetime]) -> datetime:
    """When changes of these times, at least one, are to be told together."""
    return min(max(times) + QUIET, min(times) + LONGEST)
