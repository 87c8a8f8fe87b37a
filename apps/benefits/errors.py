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


class SignInNotConfigured(DomainError):
    """The merchant has not said how their customers sign in to the service."""

    status = 409
    message = "The merchant has not connected their sign-in with this service yet."


class GrantNeedsNoAccount(DomainError):
    """Its benefit goes to the customer, not to an account of theirs elsewhere."""

    status = 409
    message = "This benefit needs no account at another service."


class LinkExpired(DomainError):
    """It was used, has run out, was begun in another browser, or never was one."""

    status = 410
    message = "This link does not work any more. Please start again."


class AccountInUse(DomainError):
    """What the customer has stands on this account."""

    status = 409
    message = "A benefit is granted to this account. Choose another account for it first."
