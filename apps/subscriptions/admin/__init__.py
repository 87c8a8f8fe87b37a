"""Subscriptions, for staff."""

from apps.subscriptions.admin import panels, subscriptions

__all__ = ["panels", "subscriptions"]
