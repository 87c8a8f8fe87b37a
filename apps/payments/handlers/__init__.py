"""What events mean for payments and top-ups: one operation each."""

from apps.payments.handlers import benefits, payments, risk, top_ups


def register() -> None:
    """Subscribe to all of them; called once, when Django is ready."""
    payments.register()
    top_ups.register()
    benefits.register()
    risk.register()
