"""Disputes: a cardholder's bank takes a charge back, until evidence or a deadline decides."""

from typing import Any

from .. import cards, ledger
from ..call import Call
from ..errors import invalid
from ..listing import page
from ..metadata import merge
from ..params import LISTING, Boolean, Created, Fields, Metadata, Text
from ..present import public
from ..routes import Resource
from ..scheduler import job
from ..templates import template
from . import early_fraud_warnings

Obj = dict[str, Any]
resource = Resource()
DAY = 86400
RESPONSE_DAYS = 9
OPEN = ("needs_response", "warning_needs_response")

# What a test writes as `evidence[uncategorized_text]`, and how the dispute then ends.
_VERDICTS = {
    "winning_evidence": "decide_for_merchant",
    "losing_evidence": "decide_for_cardholder",
    "escalate_inquiry_evidence": "escalate_inquiry",
}
_EVIDENCE = Fields(
    {
        name: Text(max_length=20000, unset=True)
        for name in template("dispute")["evidence"]
        if name != "enhanced_evidence"
    }
)
_REASON_CODES = {"fraudulent": "10.4", "product_not_received": "13.1", "general": "13.3"}


@job
def open_dispute(call: Call, subject: str) -> None:
    """The cardholder's bank disputes the charge, or inquires about it."""
    charge = call.find("charge", subject)
    wanted = cards.by_number(charge["_number"]).dispute
    if wanted is None or charge["disputed"] or charge["refunded"]:
        return
    inquiry = wanted == "inquiry"
    reason = "general" if inquiry else wanted
    dispute = call.create(
        "dispute",
        "du",
        amount=charge["amount_captured"] - charge["amount_refunded"],
        currency=charge["currency"],
        charge=subject,
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
        is_charge_refundable=inquiry,
    )
    dispute["evidence_details"]["due_by"] = call.now + RESPONSE_DAYS * DAY
    dispute["payment_method_details"]["card"].update(
        brand=charge["payment_method_details"]["card"]["brand"],
        case_type="inquiry" if inquiry else "chargeback",
        network_reason_code=_REASON_CODES[reason],
    )
    charge["disputed"] = True
    charge["_inquiry"] = inquiry
    call.save(charge)
    early_fraud_warnings.dismiss(call, subject)
    if not inquiry:
        _withdraw(call, dispute)
    call.emit("charge.dispute.created", dispute)
    if not inquiry:
        call.emit("charge.dispute.funds_withdrawn", dispute)
    call.schedule(RESPONSE_DAYS * DAY, "miss_deadline", dispute["id"])


def _withdraw(call: Call, dispute: Obj) -> None:
    transaction = ledger.post_back(
        call,
        call.find("charge", dispute["charge"]),
        dispute["amount"],
        sign=-1,
        type_="adjustment",
        category="dispute",
        source=dispute["id"],
        fee=call.runtime.config["dispute_fee"],
        fee_text="Dispute fee",
        description=f"Chargeback withdrawal for {dispute['charge']}",
    )
    dispute["balance_transactions"] = [*dispute["balance_transactions"], public(transaction)]
    call.save(dispute)


def _close(call: Call, dispute: Obj, status: str) -> None:
    before = {"status": dispute["status"]}
    dispute["status"] = status
    if status == "won":
        transaction = ledger.post_back(
            call,
            call.find("charge", dispute["charge"]),
            dispute["amount"],
            sign=1,
            type_="adjustment",
            category="dispute_reversal",
            source=dispute["id"],
            description=f"Chargeback reversal for {dispute['charge']}",
        )
        dispute["balance_transactions"] = [*dispute["balance_transactions"], public(transaction)]
    call.save(dispute)
    call.emit("charge.dispute.closed", dispute, before)
    if status == "won":
        call.emit("charge.dispute.funds_reinstated", dispute)


def _is_inquiry(dispute: Obj) -> bool:
    return str(dispute["status"]).startswith("warning_")


@job
def decide_for_merchant(call: Call, subject: str) -> None:
    """The evidence convinces the bank."""
    dispute = call.find("dispute", subject)
    _close(call, dispute, "warning_closed" if _is_inquiry(dispute) else "won")


@job
def decide_for_cardholder(call: Call, subject: str) -> None:
    """The evidence does not convince the bank."""
    dispute = call.find("dispute", subject)
    _close(call, dispute, "warning_closed" if _is_inquiry(dispute) else "lost")


@job
def escalate_inquiry(call: Call, subject: str) -> None:
    """An inquiry becomes a dispute, and the money is withdrawn."""
    dispute = call.find("dispute", subject)
    if not _is_inquiry(dispute):
        return
    before = {"status": dispute["status"]}
    dispute.update(status="needs_response", is_charge_refundable=False)
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    dispute["evidence_details"]["due_by"] = call.now + RESPONSE_DAYS * DAY
    charge = call.find("charge", dispute["charge"])
    charge["_inquiry"] = False
    call.save(charge)
    _withdraw(call, dispute)
    call.emit("charge.dispute.updated", dispute, before)
    call.emit("charge.dispute.funds_withdrawn", dispute)
    call.schedule(RESPONSE_DAYS * DAY, "miss_deadline", subject)


@job
def miss_deadline(call: Call, subject: str) -> None:
    """Nobody answered in time."""
    dispute = call.find("dispute", subject)
    due = dispute["evidence_details"]["due_by"]
    if dispute["status"] in OPEN and due is not None and due <= call.now:
        dispute["evidence_details"]["past_due"] = True
        _close(call, dispute, "warning_closed" if _is_inquiry(dispute) else "lost")


@resource.on(
    "GET",
    "/v1/disputes",
    {**LISTING, "charge": Text(), "payment_intent": Text(), "created": Created()},
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {"parent": params.get("charge"), "tag": params.get("payment_intent")}
    return page(call, "dispute", params, url="/v1/disputes", where=where)


@resource.on("GET", "/v1/disputes/<str:dispute>")
def retrieve(call: Call, params: Obj, dispute: str) -> Obj:
    """One by its id."""
    return call.find("dispute", dispute, in_path=True, param="dispute")


@resource.on(
    "POST",
    "/v1/disputes/<str:dispute>",
    {"evidence": _EVIDENCE, "metadata": Metadata(), "submit": Boolean()},
)
def update(call: Call, params: Obj, dispute: str) -> Obj:
    """Add evidence. With `submit` (the default when there is evidence) the bank reviews it."""
    found = call.find("dispute", dispute, in_path=True, param="dispute")
    before = {"status": found["status"], "evidence": found["evidence"]}
    merge(found, params)
    evidence = params.get("evidence")
    if evidence and found["status"] not in OPEN:
        raise invalid(f"This dispute is {found['status']}; evidence can no longer be given.")
    if evidence:
        found["evidence"] = {**found["evidence"], **evidence}
        found["evidence_details"]["has_evidence"] = True
    if found["status"] in OPEN and params.get("submit", bool(evidence)):
        found["evidence_details"]["submission_count"] += 1
        found["status"] = "warning_under_review" if _is_inquiry(found) else "under_review"
        verdict = _VERDICTS.get(found["evidence"]["uncategorized_text"] or "")
        if verdict:
            call.schedule(call.runtime.config["dispute_delay"], verdict, dispute)
    call.save(found)
    call.emit("charge.dispute.updated", found, before)
    return found


@resource.on("POST", "/v1/disputes/<str:dispute>/close")
def close(call: Call, params: Obj, dispute: str) -> Obj:
    """Accept the dispute: it is lost."""
    found = call.find("dispute", dispute, in_path=True, param="dispute")
    if found["status"] not in OPEN:
        raise invalid(f"This dispute is {found['status']} and cannot be closed.")
    _close(call, found, "warning_closed" if _is_inquiry(found) else "lost")
    return found
