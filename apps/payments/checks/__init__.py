"""What must hold of refunds and top-ups; checked with the books."""

from apps.payments.checks import refunds, top_ups


def register() -> None:
    """Add all rules to those of the books; called once, when Django is ready."""
    refunds.register()
    top_ups.register()
