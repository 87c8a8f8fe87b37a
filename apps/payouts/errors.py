"""The refusals of payouts, under the names that the merchant API gives them."""

from __future__ import annotations

from typing import ClassVar

from apps.core.errors import DomainError


class OrganizationCannotPayout(DomainError):
    """The status of the organization, or staff, forbids it."""

    status = 403
    message: ClassVar[str] = "This organization cannot be paid out now."


class PendingPayoutCreation(DomainError):
    """Another request for the same organization is being answered."""

    status = 409
    message = "A payout is already being created."


class PayoutIntervalLimitReached(DomainError):
    """There was a payout less than a day ago."""

    status = 400
    message = "Only one payout can be requested in 24 hours."


class NotReadyAccount(DomainError):
    """There is no payout account, or it cannot take money yet."""

    status = 403
    message = "The payout account is not ready."


class InsufficientBalance(DomainError):
    """Less than the smallest payout may be paid out now."""

    status = 400
    message = "The available balance is below the smallest payout."


class PayoutAmountTooLow(DomainError):
    """The fees would leave nothing."""

    status = 400
    message = "Nothing would be left after fees."


class PayoutNotCancelable(DomainError):
    """It is on its way, has arrived, or was canceled."""

    status = 409
    message = "This payout cannot be canceled."


class PayoutNotRetryable(DomainError):
    """There is nothing left of it that could be tried again now."""

    status = 409
    message = "There is nothing to try again."


class PayoutOutcomeOpen(DomainError):
    """The processor has been asked for something and the answer is not known yet."""

    status = 409
    message = "The processor has not confirmed the last step yet. Nothing else is done before."


class PayoutAttemptTooLarge(DomainError):
    """More than what is left of the payout."""

    status = 400
    message = "This is more than what is left to pay."


class NotManualPayout(DomainError):
    """Only a payout that people make themselves is marked as paid."""

    status = 409
    message = "This payout is made by the processor."


class PayoutAccountInUse(DomainError):
    """Something still depends on the payout account."""

    status = 409
    message = "This payout account is still in use."


class PayoutNotSucceeded(DomainError):
    """Only what has been paid is invoiced."""

    status = 400
    message = "The payout has not succeeded yet."


class MissingInvoiceBillingDetails(DomainError):
    """Nobody knows who the invoice is from."""

    status = 422
    message = "The name and address for invoices are missing."


class InvoiceAlreadyExists(DomainError):
    """An invoice does not change once it was issued."""

    status = 409
    message = "This payout was invoiced before."


class InvoiceNotIssued(DomainError):
    """There is nothing to read yet."""

    status = 404
    message = "This payout was not invoiced yet."


class ReserveAlreadySet(DomainError):
    """There is one of this kind; it has to end before other terms begin."""

    status = 409
    message = "There is a reserve of this kind already. Release it first."


class ReserveEnded(DomainError):
    """It keeps nothing and takes nothing any more."""

    status = 409
    message = "This reserve has ended."


class HoldReleased(DomainError):
    """What was held is back in the balance."""

    status = 409
    message = "This hold was released before."


class HoldTooLarge(DomainError):
    """More than the organization has."""

    status = 400
    message = "This is more than the organization's balance."


class RefundsBeingAsked(DomainError):
    """What they take is not kept back yet; it will be in a moment."""

    status: ClassVar[int] = 409
    message: ClassVar[str] = (
        "The processor is just being asked for refunds. Please try again in a moment."
    )
