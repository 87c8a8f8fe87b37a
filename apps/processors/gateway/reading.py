"""From the processor's objects, as plain dicts, to facts. Serves answers and webhooks alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from apps.processors.gateway.facts import (
    BalanceTransaction,
    Charge,
    Intent,
    MethodFacts,
    TokenPreview,
)

Payload = Mapping[str, Any]

# What a method of any kind may tell that people recognise it by, or that fees depend on.
METHOD_FIELDS = (
    "brand", "last4", "exp_month", "exp_year", "fingerprint", "country", "funding", "network",
    "bank_name", "email",
)  # fmt: skip


def charge_of(payload: Payload) -> Charge:
    """The facts of a charge object."""
    outcome = payload.get("outcome") or {}
    failed = payload["status"] == "failed"
    failure_code = payload.get("failure_code")
    risk_level = outcome.get("risk_level")
    return Charge(
        id=payload["id"],
        intent_id=_id_of(payload.get("payment_intent")),
        status=payload["status"],
        amount=payload["amount"],
        currency=payload["currency"],
        customer_id=_id_of(payload.get("customer")),
        method=_charged_method(payload),
        metadata=dict(payload.get("metadata") or {}),
        risk_level=None if risk_level == "not_assessed" else risk_level,
        risk_score=None if risk_level == "not_assessed" else outcome.get("risk_score"),
        failure_code=failure_code,
        decline_reason=(outcome.get("reason") or failure_code) if failed else None,
        failure_message=payload.get("failure_message"),
        balance_transaction_id=_id_of(payload.get("balance_transaction")),
        used_3ds=_used_3ds(payload),
        created_at=moment(payload["created"]),
    )


def intent_of(payload: Payload) -> Intent:
    """The facts of a payment or setup intent object."""
    is_payment = payload["object"] == "payment_intent"
    error = payload.get("last_payment_error" if is_payment else "last_setup_error") or {}
    method = payload.get("payment_method")
    if not method:
        method = error.get("payment_method")
    charge = payload.get("latest_charge")
    settlement = charge.get("balance_transaction") if isinstance(charge, Mapping) else None
    return Intent(
        id=payload["id"],
        kind="payment" if is_payment else "setup",
        client_secret=payload.get("client_secret") or "",
        status=payload["status"],
        amount=payload.get("amount") or 0,
        currency=payload.get("currency") or "",
        customer_id=_id_of(payload.get("customer")),
        method=method_of(method) if isinstance(method, Mapping) else None,
        charge_id=_id_of(charge),
        charge=charge_of(charge) if isinstance(charge, Mapping) else None,
        settlement=(
            balance_transaction_of(settlement) if isinstance(settlement, Mapping) else None
        ),
        metadata=dict(payload.get("metadata") or {}),
        error_code=error.get("code"),
        decline_code=error.get("decline_code"),
        error_message=error.get("message"),
    )


def method_of(payload: Payload) -> MethodFacts:
    """The facts of a payment method object."""
    return _method(payload["id"], payload["type"], payload.get(payload["type"]) or {})


def token_of(payload: Payload) -> TokenPreview:
    """The facts of a confirmation token object."""
    preview = payload.get("payment_method_preview") or {}
    billing = preview.get("billing_details") or {}
    kind = preview.get("type") or ""
    return TokenPreview(
        name=billing.get("name"),
        email=billing.get("email"),
        method_type=kind,
        fingerprint=(preview.get(kind) or {}).get("fingerprint") or "",
    )


def balance_transaction_of(payload: Payload) -> BalanceTransaction:
    """The facts of a balance transaction object."""
    rate = payload.get("exchange_rate")
    return BalanceTransaction(
        id=payload["id"],
        amount=payload["amount"],
        fee=payload["fee"],
        net=payload["net"],
        currency=payload["currency"],
        # Through the text: the digits that were sent, not a float's nearest neighbour.
        exchange_rate=None if rate is None else Decimal(str(rate)),
        available_at=moment(payload["available_on"]),
    )


def moment(seconds: int) -> datetime:
    """The processor's whole seconds as a time."""
    return datetime.fromtimestamp(seconds, tz=UTC)


def _charged_method(payload: Payload) -> MethodFacts | None:
    details = payload.get("payment_method_details")
    if not details:
        return None
    kind = details["type"]
    return _method(_id_of(payload.get("payment_method")) or "", kind, details.get(kind) or {})


def _method(processor_id: str, kind: str, details: Payload) -> MethodFacts:
    metadata = {name: details[name] for name in METHOD_FIELDS if details.get(name) is not None}
    wallet = (details.get("wallet") or {}).get("type")
    if wallet:
        metadata["wallet"] = wallet
    return MethodFacts(
        processor_id=processor_id,
        type=kind,
        metadata=metadata,
        fingerprint=details.get("fingerprint") or "",
    )


def _used_3ds(payload: Payload) -> bool:
    card = (payload.get("payment_method_details") or {}).get("card") or {}
    secure = card.get("three_d_secure") or {}
    return secure.get("result") in ("authenticated", "attempt_acknowledged")


def _id_of(value: Any) -> str | None:
    """An expandable reference is an id or the object itself."""
    if not value:
        return None
    return value if isinstance(value, str) else str(value["id"])
