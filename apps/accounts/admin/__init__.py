"""People, and how they come in, for staff."""

from apps.accounts.admin import access, users

__all__ = ["access", "users"]
