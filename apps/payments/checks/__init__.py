"""What must hold of payments, refunds and top-ups."""

from apps.invariants.registry import register_check
from apps.payments.checks import payments, refunds, top_ups


def register() -> None:
    """Called once, when the app is ready."""
    for check in (*payments.CHECKS, *refunds.CHECKS, *top_ups.CHECKS):
        register_check(check)
