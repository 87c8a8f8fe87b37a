"""Where the adapters meet the harness: one function per operation of an area."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Facts = dict[str, Any]
Function = Callable[[Facts, Facts], Facts]


class NotYet(Exception):
    """Raised by an adapter for a scenario that needs a part which is not built."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """Carries out one operation and reports what came of it."""

    run: Function
    needs_database: bool
    needs_commits: bool


_ADAPTERS: dict[tuple[str, str], Adapter] = {}


def adapter(
    area: str, *, op: str | None = None, db: bool = False, commits: bool = False
) -> Callable[[Function], Function]:
    """
    Register a function under its own name (or `op`) as the adapter of an operation.

    `db` gives it the database inside a transaction that is rolled back; `commits` a real one
    that is emptied afterwards, for what only happens on commit or in several threads.
    """

    def register(function: Function) -> Function:
        key = (area, op or function.__name__)
        if key in _ADAPTERS:
            raise ValueError(f"there are two adapters for {key}")
        _ADAPTERS[key] = Adapter(function, needs_database=db, needs_commits=commits)
        return function

    return register


def find_adapter(area: str, op: str) -> Adapter | None:
    """The adapter of an operation, or None while there is none."""
    return _ADAPTERS.get((area, op))
