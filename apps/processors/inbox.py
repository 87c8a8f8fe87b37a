"""Who handles which provider event. Apps register in their `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apps.core.origin import Origin
    from apps.processors.models import InboundEvent

# The object of the event, the stored event, and the origin of this handling.
Handler = Callable[[dict[str, Any], "InboundEvent", "Origin"], None]

_handlers: dict[str, list[Handler]] = {}


class NotYet(Exception):
    """The event overtook our own commit: try it again in a moment, from the start."""


def on(event_type: str, handler: Handler) -> None:
    """
    Call `handler` for every provider event of this type, from a task.

    All handlers of one event run in one transaction, together with the mark that it is handled;
    an error undoes all of them and the event is tried again later.
    """
    handlers = _handlers.setdefault(event_type, [])
    if handler not in handlers:
        handlers.append(handler)


def handlers_of(event_type: str) -> list[Handler]:
    """Who is called, in order of registration; empty if the type means nothing to us."""
    return list(_handlers.get(event_type, []))


def handled_types() -> list[str]:
    """Every type that somebody handles, sorted."""
    return sorted(_handlers)
