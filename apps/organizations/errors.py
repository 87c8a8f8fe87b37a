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


class WrongStatus(DomainError):
    """What is asked for is not possible in the organization's status."""

    status = 400
    message = "This is not possible in the organization's status."


class SnoozeOutOfBounds(DomainError):
    """A review is put off for a few days, not longer."""

    status = 400
    message = "A review is put off for 1 to 7 days."


class OnboardingIncomplete(DomainError):
    """Something is missing before an organization can be reviewed; the message says what."""

    status = 409
    message = "Something is missing."


class AppealRefused(DomainError):
    """There is nothing to appeal against, or it was appealed before."""

    status = 409
    message = "This decision cannot be appealed."


class NoPendingAppeal(DomainError):
    """No appeal waits for a decision."""

    status = 409
    message = "No appeal waits for a decision."


class ImpersonationRefused(DomainError):
    """Nobody is looked at as this person; the message says why."""

    status = 403
    message = "This person cannot be impersonated."


class ImpersonationOver(DomainError):
    """It was ended, ran out, or its person left."""

    status = 409
    message = "The impersonation is over."


class InvitationOver(DomainError):
    """It was accepted or withdrawn, ran out, or its link was replaced by that of a later mail."""

    status = 410
    message = "This invitation does not hold any more."
