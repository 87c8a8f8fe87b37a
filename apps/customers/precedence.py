"""
What is locked before a customer, known only to the apps above.

Whoever bills locks what is billed first and the customer last, who numbers the invoices. To lock
the customer first and then what they have would end in a deadlock.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

_locks: dict[str, Callable[[UUID], object]] = {}


def register_precedence(name: str, lock: Callable[[UUID], object]) -> None:
    """Have `lock` called with the id of a customer before they are; the same name replaces."""
    _locks[name] = lock


def lock_what_comes_first(customer_id: UUID) -> None:
    """Lock what the customer has until the transaction ends, for a verb that ends it with them."""
    for lock in _locks.values():
        lock(customer_id)
