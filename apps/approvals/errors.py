"""Why a plan cannot be agreed to."""

from apps.core.errors import DomainError


class ApprovalClosed(DomainError):
    """It was decided, has run out, or cannot be done any more."""

    status = 409
    message = "Nothing waits for a decision here any more."


class OwnApproval(DomainError):
    """Whoever asked for it is not the second person."""

    status = 403
    message = "Somebody else has to agree to what you asked for."


class MayNotApprove(DomainError):
    """The role does not reach that far."""

    status = 403
    message = "Your role may not agree to this."


class SecondPersonNeeded(DomainError):
    """One person may not do it alone any more; the message says why."""

    status = 409
    message = "It takes a second person by now."


class ApprovalStale(DomainError):
    """What would happen now is not what was asked for."""

    status = 409
    message = "Things have changed since it was asked for: it has to be asked for anew."
