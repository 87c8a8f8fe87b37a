"""Who handles which provider event. Apps register in their `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.core.origin import Origin
    from apps.processors.models import InboundEvent

# The object of the event, the stored event, and the origin of this handling.
Handler = Callable[[dict[str, Any], "InboundEvent", "Origin"], None]

# Whether the object of an event tells nothing that is not known already.
Known = Callable[[dict[str, Any]], bool]

_handlers: dict[str, list[Handler]] = {}
_known: dict[Handler, Known] = {}


class NotYet(Exception):
    """The event overtook our own commit: try it again in a moment, from the start."""


def on(event_type: str, handler: Handler, *, known: Known | None = None) -> None:
    """
    Call `handler` for every provider event of this type, from a task.

    All handlers of one event run in one transaction, together with the mark that it is handled;
    an error undoes all of them and the event is tried again later. With `known`, which reads and
    nothing else, an event that tells nothing new to any handler is handled by keeping it.
    """
    if known is not None:
        _known[handler] = known
    handlers = _handlers.setdefault(event_type, [])
    if handler not in handlers:
        handlers.append(handler)


def handlers_of(event_type: str) -> list[Handler]:
    """Who is called, in order of registration; empty if the type means nothing to us."""
    return list(_handlers.get(event_type, []))


def is_known(event_type: str, payload: dict[str, Any]) -> bool:
    """Whether every handler of this type knows already what the object tells."""
    checks = [_known.get(handler) for handler in handlers_of(event_type)]
    return bool(checks) and all(check is not None and check(payload) for check in checks)


def handled_types() -> list[str]:
    """Every type that somebody handles, sorted."""
    return sorted(_handlers)
