"""Disputes of charges, the evidence against them, and the networks' warnings of fraud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from apps.processors.gateway.client import plain, reading, writing
from apps.processors.gateway.facts import BalanceTransaction
from apps.processors.gateway.reading import Payload, balance_transaction_of, moment

WITHDRAWAL: Final = "dispute"
REVERSAL: Final = "dispute_reversal"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFacts:
    """
    A dispute as it stands at the processor; `amount` is gross, in minor units of `currency`.

    `status` is in the processor's words. `withdrawals` are what left the processor balance for it,
    `reversals` what came back.
    """

    id: str
    charge_id: str
    status: str
    amount: int
    currency: str
    reason: str | None = None
    network_reason_code: str | None = None
    evidence_due_at: datetime | None = None
    has_evidence: bool = False
    is_past_due: bool = False
    submission_count: int = 0
    withdrawals: tuple[BalanceTransaction, ...] = ()
    reversals: tuple[BalanceTransaction, ...] = ()
    created_at: datetime

    @property
    def is_inquiry(self) -> bool:
        """Whether the bank only asks, and has taken no money."""
        return self.status.startswith("warning_")

    @property
    def is_free_of_charge(self) -> bool:
        """Whether the money was withdrawn without a fee, as the networks do by themselves."""
        return bool(self.withdrawals) and not any(one.fee for one in self.withdrawals)


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudWarningFacts:
    """A card network's warning that a charge may be fraud."""

    id: str
    charge_id: str
    fraud_type: str
    is_actionable: bool
    created_at: datetime


def read_dispute(dispute_id: str) -> DisputeFacts:
    """The dispute as it stands; PaymentError if there is none."""
    with reading() as stripe:
        return dispute_of(plain(stripe.v1.disputes.retrieve(dispute_id)))


def close_dispute(*, key: str, dispute_id: str) -> DisputeFacts:
    """
    Concede a dispute: it is lost. PaymentError if it needs no response any more.

    Raises as `gateway.client.writing`.
    """
    with writing() as stripe:
        closed = stripe.v1.disputes.close(dispute_id, {}, {"idempotency_key": key})
    return dispute_of(plain(closed))


def update_dispute(
    *, key: str, dispute_id: str, evidence: Mapping[str, str], submit: bool
) -> DisputeFacts:
    """
    Give evidence, by the processor's field names; texts, and ids of files that were uploaded.

    With `submit` it goes to the bank, which cannot be taken back. PaymentError for evidence that
    cannot be given, or not any more. Raises as `gateway.client.writing`.
    """
    params: Any = {"evidence": dict(sorted(evidence.items())), "submit": submit}
    with writing() as stripe:
        updated = stripe.v1.disputes.update(dispute_id, params, {"idempotency_key": key})
    return dispute_of(plain(updated))


def upload_file(*, key: str, purpose: str, name: str, content: bytes) -> str:
    """
    The processor's id of a file that it keeps from now on: a PDF, PNG or JPEG.

    The same `key` and content again is the same file. Raises as `gateway.client.writing`.
    """
    file = BytesIO(content)
    file.name = name
    params: Any = {"purpose": purpose, "file": file}
    with writing() as stripe:
        made = stripe.v1.files.create(params, {"idempotency_key": key})
    return str(made.id)


def dispute_of(payload: Payload) -> DisputeFacts:
    """The facts of a dispute object."""
    evidence = payload.get("evidence_details") or {}
    card = (payload.get("payment_method_details") or {}).get("card") or {}
    due_by = evidence.get("due_by")
    moved = payload.get("balance_transactions") or ()
    return DisputeFacts(
        id=payload["id"],
        charge_id=_id_of(payload["charge"]),
        status=payload["status"],
        amount=payload["amount"],
        currency=payload["currency"],
        reason=payload.get("reason"),
        network_reason_code=card.get("network_reason_code") or payload.get("network_reason_code"),
        evidence_due_at=moment(due_by) if due_by else None,
        has_evidence=bool(evidence.get("has_evidence")),
        is_past_due=bool(evidence.get("past_due")),
        submission_count=evidence.get("submission_count") or 0,
        withdrawals=_moved(moved, WITHDRAWAL),
        reversals=_moved(moved, REVERSAL),
        created_at=moment(payload["created"]),
    )


def fraud_warning_of(payload: Payload) -> FraudWarningFacts:
    """The facts of an early fraud warning."""
    return FraudWarningFacts(
        id=payload["id"],
        charge_id=_id_of(payload["charge"]),
        fraud_type=payload["fraud_type"],
        is_actionable=bool(payload["actionable"]),
        created_at=moment(payload["created"]),
    )


def _moved(rows: Any, category: str) -> tuple[BalanceTransaction, ...]:
    return tuple(
        balance_transaction_of(row) for row in rows if row.get("reporting_category") == category
    )


def _id_of(value: Any) -> str:
    return value if isinstance(value, str) else str(value["id"])
