"""
Whether the person at the keyboard has proved lately enough that it is them.

The app that knows how people prove it registers a guard. Without one everybody is believed.
"""

from __future__ import annotations

from typing import Protocol

from django.http import HttpRequest, HttpResponse
from unfold.dataclasses import ActionDialog


class Guard(Protocol):
    """Asks for a proof where the last one is too old."""

    def challenge(self, request: HttpRequest, dialog: ActionDialog) -> HttpResponse | None:
        """
        The dialog that asks for it, in place of the one that was asked for; None to go on.

        With the proof the request becomes again what it was before it was asked for.
        """


class _Trusting:
    def challenge(self, request: HttpRequest, dialog: ActionDialog) -> HttpResponse | None:
        return None


_guards: list[Guard] = [_Trusting()]


def register_guard(guard: Guard) -> None:
    """Ask `guard` from now on; called in `AppConfig.ready()`."""
    _guards[:] = [guard]


def guard() -> Guard:
    """The guard that is asked."""
    return _guards[0]
