"""What events mean for subscriptions: one operation each."""

from apps.subscriptions.handlers import benefits, changes, disputes, dunning, seats, subscriptions


def register() -> None:
    """Subscribe to all of them; called once, when Django is ready."""
    subscriptions.register()
    changes.register()
    dunning.register()
    disputes.register()
    benefits.register()
    seats.register()
