"""One strategy for each type of benefit, behind one interface."""

from apps.benefits.strategies.base import ActionRequired, Refused, Retriable, Strategy, Work
from apps.benefits.strategies.registry import register, strategy_of, types

__all__ = [
    "ActionRequired",
    "Refused",
    "Retriable",
    "Strategy",
    "Work",
    "register",
    "strategy_of",
    "types",
]
