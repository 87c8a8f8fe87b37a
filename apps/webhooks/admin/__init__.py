"""Webhooks, for staff."""

from apps.webhooks.admin import deliveries, endpoints, events

__all__ = ["deliveries", "endpoints", "events"]
