"""Refusals about benefits."""

from apps.core.errors import DomainError, NotPermitted


class BenefitNotDeletable(NotPermitted):
    """It belongs to the organization's own plan; on the wire `NotPermitted`."""

    message = "This benefit cannot be deleted."

    @property
    def code(self) -> str:
        """The name clients know."""
        return "NotPermitted"


class GrantSettled(DomainError):
    """There is nothing to do again: the grant is as it should be."""

    status = 409
    message = "This benefit is granted already."


class GrantNotDue(DomainError):
    """What granted it is not paid any more, or its benefit or customer is gone."""

    status = 409
    message = "Nothing that is paid for gives this benefit any more."
