"""
Where a verb asks whether one person may do it alone.

The app that knows the limits registers a gate. Without one nobody is limited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model

from apps.core.origin import Origin
from apps.core.plans import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """
    A verb that a person is about to apply.

    `verb` is its key (`app.model.method`), `role` the least that may do it, `record` what it is
    done to (None for a verb of a list), `subject` what it is about, if that is known, `form` what
    was filled in, as it was sent, and `at` the time on the clock of the record.
    """

    user: Any
    verb: str
    title: str
    role: str
    record: Model | None
    subject: Model | None
    form: Mapping[str, Sequence[str]]
    plan: Plan
    at: datetime


class Gate(Protocol):
    """Lets a proposal pass, or keeps it until somebody else agrees."""

    def reason(self, proposal: Proposal) -> str:
        """Why it needs a second person, as a sentence; empty if it does not."""

    def keep(self, proposal: Proposal, origin: Origin) -> str:
        """Have it wait; the address of the page where it does."""

    def let_pass(self, proposal: Proposal, plan: Plan) -> None:
        """
        Called in the transaction in which one person does it alone; `plan` is as it is then.

        Raises a DomainError where it takes a second person by now.
        """


class _Open:
    """Lets everything pass."""

    def reason(self, proposal: Proposal) -> str:
        return ""

    def keep(self, proposal: Proposal, origin: Origin) -> str:
        raise LookupError("No gate is registered.")

    def let_pass(self, proposal: Proposal, plan: Plan) -> None:
        return None


_gates: list[Gate] = [_Open()]


def register_gate(gate: Gate) -> None:
    """Ask `gate` from now on; called in `AppConfig.ready()`."""
    _gates[:] = [gate]


def gate() -> Gate:
    """The gate that is asked."""
    return _gates[0]
