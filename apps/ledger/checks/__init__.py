"""What must hold of the ledger, from its transfers alone."""

from apps.invariants.registry import register_check
from apps.ledger.checks import books, fees, sums


def register() -> None:
    """Called once, when the app is ready."""
    for check in (*books.CHECKS, *sums.CHECKS, *fees.CHECKS):
        register_check(check)
