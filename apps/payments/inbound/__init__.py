"""The processor's messages, each translated into one operation."""

from apps.payments.inbound import payments, refunds


def register() -> None:
    """Subscribe to all of them; called once, when Django is ready."""
    payments.register()
    refunds.register()
