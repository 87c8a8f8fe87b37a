"""What is to be done with a grant. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """The next thing to do."""

    GRANT = "grant"
    UPDATE = "update"
    CYCLE = "cycle"
    REVOKE = "revoke"


class Grant(Protocol):
    """What the decision needs of a grant."""

    is_wanted: bool
    is_outdated: bool
    is_cycling: bool

    @property
    def is_granted(self) -> bool:
        """Whether the customer has it."""

    @property
    def is_revoked(self) -> bool:
        """Whether it was taken back."""


def next_step(grant: Grant) -> Step | None:
    """What is left to do; None for a grant that is as it should be."""
    if not grant.is_wanted:
        return None if grant.is_revoked else Step.REVOKE
    if not grant.is_granted:
        return Step.GRANT
    if grant.is_outdated:
        return Step.UPDATE
    return Step.CYCLE if grant.is_cycling else None
