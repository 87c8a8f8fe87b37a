"""Refusals about users."""

from datetime import datetime

from apps.core.errors import DomainError


class LastAdmin(DomainError):
    """Somebody has to be able to let others in."""

    status = 409
    message = "This is the last admin who can sign in."


class LockedOut(DomainError):
    """Too many tries went wrong; `until` when no other is looked at."""

    status = 429

    def __init__(self, until: datetime, at: datetime) -> None:
        self.until = until
        minutes = max(1, -(-int((until - at).total_seconds()) // 60))
        unit = "minute" if minutes == 1 else "minutes"
        super().__init__(
            f"Too many tries. Wait {minutes} {unit}, or have an admin lift the lockout."
        )


class WrongProof(DomainError):
    """The password, code or passkey is not the right one."""

    status = 403
    message = "That is not right. Try again."
