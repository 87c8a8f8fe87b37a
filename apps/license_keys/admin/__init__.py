"""Licence keys, for staff."""

from apps.license_keys.admin import imports, keys, panels

__all__ = ["imports", "keys", "panels"]
