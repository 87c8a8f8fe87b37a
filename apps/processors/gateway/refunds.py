"""Giving money back: refunds of charges, made here or at the processor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from apps.processors.gateway.client import plain, reading, writing
from apps.processors.gateway.facts import BalanceTransaction
from apps.processors.gateway.reading import Payload, balance_transaction_of, moment

# What the answer shows of the money that moved, so that nothing more has to be asked.
WITH_SETTLEMENT: Final = ("balance_transaction", "failure_balance_transaction")
# What waits for the buyer or the bank is not decided.
_STATUSES: Final = {"requires_action": "pending"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFacts:
    """
    A refund as it stands at the processor; `amount` is gross, in minor units of `currency`.

    `status` is pending, succeeded, failed or canceled. `settlement` is what left the processor
    balance, `return_settlement` what came back after it had failed; both are there only where the
    answer was asked to contain them, their ids as soon as the money has moved.
    """

    id: str
    charge_id: str | None
    intent_id: str | None
    status: str
    amount: int
    currency: str
    reason: str | None
    metadata: Mapping[str, str] = field(default_factory=dict)
    failure_reason: str | None = None
    settlement_id: str | None = None
    settlement: BalanceTransaction | None = None
    return_settlement_id: str | None = None
    return_settlement: BalanceTransaction | None = None
    created_at: datetime


def create_refund(
    *, key: str, charge_id: str, amount: int, reason: str, metadata: Mapping[str, str]
) -> RefundFacts:
    """
    Give `amount` (gross, minor units) of a charge back to the method it came from.

    The same `key` again with the same facts gives nothing back twice and returns, or raises, what
    the first call did. PaymentError with the code `charge_already_refunded` or `charge_disputed`
    where there is nothing to give back. Raises as `gateway.client.writing`.
    """
    params: Any = {
        "charge": charge_id,
        "amount": amount,
        "reason": reason,
        "metadata": dict(metadata),
        "expand": list(WITH_SETTLEMENT),
    }
    with writing() as stripe:
        made = stripe.v1.refunds.create(params, {"idempotency_key": key})
    return refund_of(plain(made))


def read_refund(refund_id: str) -> RefundFacts:
    """The refund as it stands, with the money that moved."""
    with reading() as stripe:
        params: Any = {"expand": list(WITH_SETTLEMENT)}
        return refund_of(plain(stripe.v1.refunds.retrieve(refund_id, params)))


def find_refund(*, charge_id: str, name: str, value: str) -> RefundFacts | None:
    """
    The refund of a charge whose metadata has `value` under `name`; None if there is none.

    The list of a charge's refunds is always up to date.
    """
    with reading() as stripe:
        params: Any = {"charge": charge_id, "limit": 100}
        for listed in stripe.v1.refunds.list(params).auto_paging_iter():
            if (plain(listed).get("metadata") or {}).get(name) == value:
                return read_refund(listed.id)
    return None


def refund_of(payload: Payload) -> RefundFacts:
    """The facts of a refund object."""
    settlement, returned = (payload.get(name) for name in WITH_SETTLEMENT)
    return RefundFacts(
        id=payload["id"],
        charge_id=_id_of(payload.get("charge")),
        intent_id=_id_of(payload.get("payment_intent")),
        status=_STATUSES.get(payload["status"]) or payload["status"],
        amount=payload["amount"],
        currency=payload["currency"],
        reason=payload.get("reason"),
        metadata=dict(payload.get("metadata") or {}),
        failure_reason=payload.get("failure_reason"),
        settlement_id=_id_of(settlement),
        settlement=_settlement(settlement),
        return_settlement_id=_id_of(returned),
        return_settlement=_settlement(returned),
        created_at=moment(payload["created"]),
    )


def _settlement(value: Any) -> BalanceTransaction | None:
    return balance_transaction_of(value) if isinstance(value, Mapping) else None


def _id_of(value: Any) -> str | None:
    if not value:
        return None
    return value if isinstance(value, str) else str(value["id"])
