"""What the test clock refuses."""

from typing import ClassVar

from apps.core.errors import DomainError


class SandboxOnly(DomainError):
    """There is no test clock outside the sandbox."""

    status: ClassVar[int] = 403
    message: ClassVar[str] = "Only a sandbox has a test clock."


class ClockIsMoving(DomainError):
    """A run of the clock has to end before the next begins."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "The clock of this organization is being moved already."


class ClockSpanInvalid(DomainError):
    """The clock goes forward, and not for ever."""

    status: ClassVar[int] = 422
    message: ClassVar[str] = "The clock can be moved forward by at most ten years at a time."
