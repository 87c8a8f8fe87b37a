"""Licence keys, for staff."""

from apps.license_keys.admin import keys, panels

__all__ = ["keys", "panels"]
