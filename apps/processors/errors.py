"""What can go wrong on the way to the processor, in our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from apps.core.errors import DomainError, Unavailable

if TYPE_CHECKING:
    from apps.processors.gateway.facts import Intent


class PaymentError(DomainError):
    """
    The processor answered, and the answer is no: a decline or a request it will not take.

    `type` is the processor's kind of error, `error_code` and `decline_code` its codes, and
    `intent` the intent as it stands after the refusal, where there is one.
    """

    status = 400
    message = "The payment was refused."

    def __init__(
        self,
        detail: str | None = None,
        *,
        type: str = "api_error",
        error_code: str | None = None,
        decline_code: str | None = None,
        param: str | None = None,
        intent: Intent | None = None,
    ) -> None:
        super().__init__(detail)
        self.type = type
        self.error_code = error_code
        self.decline_code = decline_code
        self.param = param
        self.intent = intent


class ProcessorUnavailable(Unavailable):
    """The processor was not reached or turned the call away. It did nothing."""

    message: ClassVar[str] = "The payment processor does not answer. Please try again."


class OutcomeUnknown(DomainError):
    """
    A call that may have taken effect, whose answer was lost.

    Ask again with the same key: the processor then tells what happened the first time. Nothing
    may be tried under another key before that.
    """

    status = 503
    message = "The payment processor did not confirm. Please wait a moment."


class SignatureInvalid(DomainError):
    """The sender of a webhook did not prove itself."""

    status = 400
    message = "The signature does not match."
