"""Transition tables: state machines as data."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.core.errors import InvalidTransition


@dataclass(frozen=True, slots=True)
class Machine:
    """The moves a status may make; anything not listed is refused."""

    noun: str
    moves: Mapping[str, frozenset[str]]

    def allows(self, current: str, to: str) -> bool:
        """Whether `current` may become `to`."""
        return to in self.moves.get(current, frozenset())

    def require(self, current: str, to: str) -> None:
        """
        Pass if the move is in the table.

        :raises InvalidTransition: otherwise.
        """
        if not self.allows(current, to):
            raise InvalidTransition(f"A {current} {self.noun} cannot become {to}.")
