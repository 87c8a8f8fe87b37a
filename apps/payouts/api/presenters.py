"""Payouts as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from apps.ledger.selectors import MerchantMoney
from apps.payouts.models import Payout, PayoutAttempt
from apps.payouts.operations import Estimate
from apps.payouts.selectors import left_to_pay


class FeeBody(TypedDict):
    """One fee of a payout."""

    type: str
    amount: int


class PayoutBody(TypedDict):
    """A payout; `account_amount` is known once the money is in the payout account."""

    created_at: datetime
    modified_at: datetime | None
    id: UUID
    organization_id: UUID
    status: str
    trigger: str
    processor: str
    currency: str
    gross_amount: int
    fees_amount: int
    amount: int
    fees: list[FeeBody]
    account_currency: str
    account_amount: int | None
    left_amount: int
    invoice_number: str
    is_invoice_generated: bool
    failure_code: str | None
    failure_reason: str | None
    paid_at: datetime | None
    canceled_at: datetime | None


class AttemptBody(TypedDict):
    """One try to have a payout in a bank."""

    created_at: datetime
    id: UUID
    payout_id: UUID
    number: int
    status: str
    amount: int
    currency: str
    processor_id: str | None
    failure_reason: str | None
    arrival_at: datetime | None


class EstimateBody(TypedDict):
    """What a payout would come to now."""

    currency: str
    gross_amount: int
    fees_amount: int
    net_amount: int
    is_held: bool


class ReleaseBody(TypedDict):
    """What becomes available, and when."""

    at: datetime
    amount: int


class BalanceBody(TypedDict):
    """The balance of an organization, by when it may be paid out."""

    currency: str
    balance_amount: int
    available_amount: int
    pending_amount: int
    releases: list[ReleaseBody]


def present_payout(payout: Payout) -> PayoutBody:
    """One payout."""
    return {
        "created_at": payout.created_at,
        "modified_at": payout.modified_at,
        "id": payout.pk,
        "organization_id": payout.organization_id,
        "status": payout.status,
        "trigger": payout.trigger,
        "processor": "manual" if payout.is_manual else "stripe",
        "currency": payout.currency,
        "gross_amount": payout.gross_amount,
        "fees_amount": payout.fees_amount,
        "amount": payout.amount,
        "fees": payout.fees,
        "account_currency": payout.account_currency,
        "account_amount": payout.account_amount,
        "left_amount": left_to_pay(payout),
        "invoice_number": payout.invoice_number,
        "is_invoice_generated": payout.invoice_issued_at is not None,
        "failure_code": payout.failure_code or None,
        "failure_reason": payout.failure_message or None,
        "paid_at": payout.paid_at,
        "canceled_at": payout.canceled_at,
    }


def present_attempt(attempt: PayoutAttempt) -> AttemptBody:
    """One try."""
    return {
        "created_at": attempt.created_at,
        "id": attempt.pk,
        "payout_id": attempt.payout_id,
        "number": attempt.number,
        "status": attempt.status,
        "amount": attempt.amount,
        "currency": attempt.currency,
        "processor_id": attempt.processor_id or None,
        "failure_reason": attempt.failure_message or None,
        "arrival_at": attempt.arrival_at,
    }


def present_estimate(estimate: Estimate, currency: str) -> EstimateBody:
    """An estimate."""
    return {
        "currency": currency,
        "gross_amount": estimate.amounts.gross_amount,
        "fees_amount": estimate.amounts.fees_amount,
        "net_amount": estimate.amounts.net_amount,
        "is_held": estimate.is_held,
    }


def present_balance(money: MerchantMoney) -> BalanceBody:
    """What may be paid out, and when the rest follows."""
    return {
        "currency": money.currency,
        "balance_amount": money.balance_amount,
        "available_amount": money.available_amount,
        "pending_amount": money.pending_amount,
        "releases": [{"at": one.at, "amount": one.amount} for one in money.releases],
    }
