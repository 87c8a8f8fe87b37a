"""What the processor and the bank checked when a charge was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.processors.gateway.client import plain, reading
from apps.processors.gateway.reading import Payload, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeChecks:
    """
    The checks of a charge; a check is pass, fail, unavailable, unchecked, or None: not made.

    `secure_result` is the outcome of 3-D Secure, None where it was not asked for.
    """

    charge_id: str
    charged_at: datetime
    cvc: str | None
    address_line: str | None
    postal_code: str | None
    secure_result: str | None
    secure_version: str | None
    risk_level: str | None
    risk_score: int | None
    seller_message: str | None
    statement_descriptor: str | None
    billing_name: str | None
    billing_email: str | None
    billing_address: Mapping[str, str] = field(default_factory=dict)


def read_charge_checks(charge_id: str) -> ChargeChecks:
    """The checks of a charge. Raises as `gateway.client.reading`."""
    with reading() as stripe:
        return charge_checks_of(plain(stripe.v1.charges.retrieve(charge_id)))


def charge_checks_of(payload: Payload) -> ChargeChecks:
    """The checks in a charge object."""
    card = _part(payload.get("payment_method_details"), "card")
    checks, secure = _part(card, "checks"), _part(card, "three_d_secure")
    outcome, billing = _part(payload, "outcome"), _part(payload, "billing_details")
    address = _part(billing, "address")
    return ChargeChecks(
        charge_id=payload["id"],
        charged_at=moment(payload["created"]),
        cvc=checks.get("cvc_check"),
        address_line=checks.get("address_line1_check"),
        postal_code=checks.get("address_postal_code_check"),
        secure_result=secure.get("result"),
        secure_version=secure.get("version"),
        risk_level=outcome.get("risk_level"),
        risk_score=outcome.get("risk_score"),
        seller_message=outcome.get("seller_message"),
        statement_descriptor=payload.get("calculated_statement_descriptor"),
        billing_name=billing.get("name"),
        billing_email=billing.get("email"),
        billing_address={name: value for name, value in address.items() if value},
    )


def _part(payload: Any, name: str) -> Mapping[str, Any]:
    found = payload.get(name) if isinstance(payload, Mapping) else None
    return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEvidence:
    """What the processor holds as evidence: texts, and ids of files, by its field names."""

    texts: Mapping[str, str]
    submission_count: int


def read_evidence(dispute_id: str) -> HeldEvidence:
    """The evidence of a dispute. Raises as `gateway.client.reading`."""
    with reading() as stripe:
        payload = plain(stripe.v1.disputes.retrieve(dispute_id))
    texts = {
        name: value
        for name, value in _part(payload, "evidence").items()
        if isinstance(value, str) and value
    }
    count = _part(payload, "evidence_details").get("submission_count") or 0
    return HeldEvidence(texts=texts, submission_count=count)
