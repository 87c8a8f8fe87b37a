"""Refusals about users."""

from apps.core.errors import DomainError


class LastAdmin(DomainError):
    """Somebody has to be able to let others in."""

    status = 409
    message = "This is the last admin who can sign in."
