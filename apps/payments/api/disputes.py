"""The disputes that refunds prevented, shown with them; the app that knows them fills this in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

# From ids of disputes to their bodies.
Presenter = Callable[[Collection[UUID]], Mapping[UUID, dict[str, Any]]]

_presenters: list[Presenter] = []


def register_dispute_presenter(presenter: Presenter) -> None:
    """Have `presenter` asked from now on, once for a whole page of refunds."""
    if presenter not in _presenters:
        _presenters.append(presenter)


def present_disputes(ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """The bodies of these disputes; none are asked for where there are no ids."""
    found: dict[UUID, dict[str, Any]] = {}
    if ids:
        for presenter in _presenters:
            found.update(presenter(ids))
    return found
