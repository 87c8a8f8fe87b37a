"""Whether the books are sound, by the checks that are registered for them."""

from __future__ import annotations

from apps.core.clock import system_time
from apps.invariants.registry import Area, registered_checks
from apps.invariants.selectors import Violation, violations


def broken_books() -> list[Violation]:
    """Everything that contradicts a check of the books; empty while they are sound."""
    books = [one for one in registered_checks().values() if one.area == Area.BOOKS]
    return violations(books, at=system_time())
