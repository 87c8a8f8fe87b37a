"""Where the request that is being answered reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

PRIMARY: Final = "default"
REPLICA: Final = "replica"


@dataclass(slots=True)
class Route:
    """One request: whether it may read from the replica, and what it has done so far."""

    choose: Callable[[Route], str]
    can_prefer: bool
    # Whose writes it must see, and the position of those known from the request itself.
    caller: str = ""
    position: int = 0
    is_preferred: bool = False
    has_written: bool = False
    alias: str = ""


_route: ContextVar[Route | None] = ContextVar("database_route", default=None)


def prefer_replica() -> None:
    """
    Read from the replica for the rest of the request, if there is one that can be read.

    A request that has written, or is not a GET, goes on reading from the primary.
    """
    route = _route.get()
    if route is not None:
        route.is_preferred = route.can_prefer


def note_caller(name: str) -> None:
    """Say whose request it is: what the caller wrote in others it must find in this one."""
    route = _route.get()
    if route is not None:
        route.caller = name


def note_write() -> None:
    """Keep the rest of the request on the primary."""
    route = _route.get()
    if route is not None:
        route.has_written = True


def stay_on_primary() -> None:
    """Read no more from the replica in this request: it has failed."""
    route = _route.get()
    if route is not None:
        route.alias = PRIMARY


def reading_alias() -> str:
    """The database that is read from now; decided once for a request that prefers the replica."""
    route = _route.get()
    if route is None or not route.is_preferred or route.has_written:
        return PRIMARY
    if not route.alias:
        route.alias = route.choose(route)
    return route.alias


@contextmanager
def routed(route: Route) -> Iterator[None]:
    """Let `route` stand for what is run in the block."""
    token = _route.set(route)
    try:
        yield
    finally:
        _route.reset(token)


def routed_parts(parts: Iterable[bytes], route: Route) -> Iterator[bytes]:
    """The parts of an answer that are made while it is sent, after its request."""
    made = iter(parts)
    while True:
        with routed(route):
            part = next(made, None)
        if part is None:
            return
        yield part
