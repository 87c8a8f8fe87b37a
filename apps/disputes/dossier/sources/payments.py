"""What was checked when the payment was made, and what was given back of it."""

from __future__ import annotations

from typing import Final

from apps.core.money import format_amount
from apps.disputes.dossier import words
from apps.disputes.dossier.evidence import Evidence, Section
from apps.disputes.dossier.registry import Case
from apps.orders.labels import payment_label
from apps.payments.models import Refund
from apps.processors.gateway.checks import ChargeChecks

_CHECKS: Final = {
    "pass": "Passed",
    "fail": "Failed",
    "unavailable": "The bank does not check it",
    "unchecked": "Not checked",
}
_SECURE: Final = {
    "authenticated": "Authenticated by the cardholder at their bank",
    "attempt_acknowledged": "Attempted; the bank takes the liability",
    "exempted": "Exempted",
    "failed": "Failed",
    "not_supported": "Not supported by the card",
    "processing_error": "Failed for technical reasons",
}


def from_payment(case: Case) -> Evidence | None:
    """The payment and its checks."""
    payment, checks = case.payment, case.checks
    facts = words.known(
        ("Charge", payment.processor_id),
        ("Amount", format_amount(payment.amount, payment.currency)),
        ("Paid with", payment_label(payment.method, payment.method_metadata)),
        ("Issued in", payment.method_metadata.get("country")),
        ("Time", words.moment(checks.charged_at if checks else payment.created_at)),
        ("Shown on the statement as", checks.statement_descriptor if checks else None),
        *(_checked(checks) if checks else ()),
        ("Risk", _risk(payment.risk_level, payment.risk_score)),
    )
    return Evidence(
        texts={"uncategorized_text": _said(checks) if checks else ""},
        sections=(Section(title="Payment", facts=facts),),
    )


def from_refunds(case: Case) -> Evidence | None:
    """What already went back of the payment."""
    rows = Refund.objects.filter(payment=case.payment, status=Refund.Status.SUCCEEDED)
    refunds = [
        (
            words.moment(one.created_at),
            words.sentence(one.reason),
            format_amount(one.gross_amount, one.currency),
        )
        for one in rows.exclude(dispute_id=case.dispute.pk).order_by("created_at", "pk")
    ]
    if not refunds:
        return None
    total = "; ".join(f"{amount} on {at}" for at, _, amount in refunds)
    section = Section(
        title="Refunds of this payment",
        columns=("Time", "Reason", "Amount"),
        rows=tuple(refunds),
        amounts=(2,),
    )
    return Evidence(
        texts={"refund_refusal_explanation": f"Of this payment was refunded: {total}."},
        sections=(section,),
    )


def _checked(checks: ChargeChecks) -> tuple[tuple[str, str | None], ...]:
    return (
        ("3-D Secure", _secure(checks)),
        ("Security code (CVC)", _CHECKS.get(checks.cvc or "")),
        ("Street", _CHECKS.get(checks.address_line or "")),
        ("Postal code", _CHECKS.get(checks.postal_code or "")),
        ("Name at the payment", checks.billing_name),
        ("E-mail at the payment", checks.billing_email),
    )


def _secure(checks: ChargeChecks) -> str | None:
    word = _SECURE.get(checks.secure_result or "")
    return f"{word} (version {checks.secure_version})" if word and checks.secure_version else word


def _risk(level: str | None, score: int | None) -> str | None:
    if not level:
        return None
    return words.sentence(level) + (f" ({score} of 100)" if score is not None else "")


def _said(checks: ChargeChecks) -> str:
    """What the checks say for the payment; what failed is not held against ourselves."""
    said = []
    if checks.secure_result == "authenticated":
        said.append("The cardholder authenticated this payment at their bank (3-D Secure).")
    passed = [
        name
        for name, result in (
            ("the security code", checks.cvc),
            ("the street", checks.address_line),
            ("the postal code", checks.postal_code),
        )
        if result == "pass"
    ]
    if passed:
        said.append(f"The bank confirmed {' and '.join(passed)}.")
    return " ".join(said)
