"""The refusals of reconciliation."""

from __future__ import annotations

from typing import ClassVar

from apps.core.errors import DomainError


class DiscrepancySettled(DomainError):
    """It is no longer open: repaired, explained, or gone by itself."""

    status = 409
    message: ClassVar[str] = "This has been settled already."


class RepairImpossible(DomainError):
    """What it needs is not there; the message says what."""

    status = 409
    message: ClassVar[str] = "This cannot be repaired like that."


class RepairIncomplete(DomainError):
    """After the repair the two sides would still not agree, so nothing was done."""

    status = 409
    message: ClassVar[str] = "The two sides would still not agree after that."
