"""What must hold between payouts, what is kept, and the ledger."""

from apps.invariants.registry import register_check
from apps.payouts.checks import attempts, keeping, payouts, whereabouts


def register() -> None:
    """Called once, when the app is ready."""
    for check in (*payouts.CHECKS, *attempts.CHECKS, *keeping.CHECKS, *whereabouts.CHECKS):
        register_check(check)
