"""The refusals of disputes."""

from typing import ClassVar

from apps.core.errors import DomainError


class DisputeNotOpenError(DomainError):
    """It needs no response, or not any more; the name is the one on the wire."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "This dispute needs no response, so it cannot be accepted."


class DisputeTooEarly(DomainError):
    """What the processor tells concerns a payment that has not reached us yet."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "The dispute concerns something that is not known yet."


class AcceptanceInProgress(DomainError):
    """The processor was asked, and its answer was lost; it is asked again."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "The dispute is being accepted; the outcome is not known yet."


class AlertsOff(DomainError):
    """No provider of alerts is configured."""

    status: ClassVar[int] = 404
    message: ClassVar[str] = "Not found"


class DisputeClosed(DomainError):
    """Nothing more can be said against it."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "This dispute is closed; its dossier stays as it is."


class DossierChanged(DomainError):
    """Somebody else edited the same text."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "Somebody else changed this text meanwhile. Please look at it again."


class SubmissionInProgress(DomainError):
    """The processor was asked, and its answer is awaited or was lost; it is asked again."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "The evidence is being submitted; the outcome is not known yet."


class EvidenceRefused(DomainError):
    """The processor will not take the evidence; the message is its own."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "The processor did not take the evidence."


class AlreadySubmitted(DomainError):
    """What was sent to the bank stays with the dispute."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = "This file was submitted, so it stays."
