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


class LastManager(DomainError):
    """Somebody has to be able to manage an organization."""

    status = 409
    message = "An organization needs an owner or admin."


class OwnerRoleFixed(DomainError):
    """The owner's role is never given or taken, only passed on."""

    status = 409
    message = "Transfer the ownership instead."
