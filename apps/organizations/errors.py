"""Refusals about organizations."""

from apps.core.errors import DomainError


class CannotCreateOrganizationError(DomainError):
    """An organization's token cannot make another organization; people do."""

    status = 403
    message = "An organization access token cannot create an organization."


class SSOEnforcementRequiresConnection(DomainError):
    """Single sign-on can be enforced only once it works."""

    status = 409
    message = "Cannot enforce SSO without an enabled connection."


class DisputeAutoAcceptNotEnabled(DomainError):
    """The feature is switched on by staff, per organization."""

    status = 403
    message = "Automatic acceptance of disputes is not enabled for this organization."
