"""Checkouts and the links that make them, for staff."""

from apps.checkouts.admin import checkouts, links

__all__ = ["checkouts", "links"]
