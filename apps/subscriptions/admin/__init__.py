"""Subscriptions, for staff."""

from apps.subscriptions.admin import outlook, panels, subscriptions

__all__ = ["outlook", "panels", "subscriptions"]
