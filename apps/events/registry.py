"""Who listens to which event. Apps register in their `AppConfig.ready()`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.core.origin import Origin
    from apps.events.models import Event

Handler = Callable[["Event", "Origin"], None]
Condition = Callable[["Event"], bool]

_inline: dict[str, list[Handler]] = defaultdict(list)
_outbox: dict[str, dict[str, Condition | None]] = defaultdict(dict)
_names: dict[str, Handler] = {}


def listen(event_type: str, handler: Handler) -> None:
    """Run `handler` inside the transaction that records `event_type`; its error undoes it all."""
    if handler not in _inline[event_type]:
        _inline[event_type].append(handler)


def subscribe(
    event_type: str, name: str, handler: Handler, *, when: Condition | None = None
) -> None:
    """
    Run `handler` once from the outbox after the commit; `name` is stored, so keep it stable.

    With `when` only for the events that it says yes to, by what they hold.
    """
    _outbox[event_type][name] = when
    _names[name] = handler


def inline_handlers(event_type: str) -> list[Handler]:
    """The handlers that run with the change."""
    return _inline.get(event_type, [])


def outbox_handlers(event: Event) -> list[str]:
    """The names of the handlers that run after it."""
    conditions = _outbox.get(event.type, {})
    return [name for name, when in conditions.items() if when is None or when(event)]


def outbox_handler(name: str) -> Handler | None:
    """The handler stored under `name`, if it still exists."""
    return _names.get(name)
