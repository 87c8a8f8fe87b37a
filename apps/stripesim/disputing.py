"""The life of a dispute: the money goes, a bank or a deadline decides, perhaps it comes back."""

from typing import Any

from . import cards, ledger, refunding
from .call import Call
from .present import public
from .resources import early_fraud_warnings
from .scheduler import job

Obj = dict[str, Any]
DAY = 86400
RESPONSE_DAYS = 9
CLOSED = ("lost", "prevented", "warning_closed", "won")
OPEN = ("needs_response", "warning_needs_response")

# What a cardholder may complain of, and Visa's number for it.
REASONS: dict[str, str | None] = {
    "credit_not_processed": "13.6",
    "customer_initiated": None,
    "duplicate": "12.6.1",
    "fraudulent": "10.4",
    "general": "13.3",
    "noncompliant": None,
    "product_not_received": "13.1",
    "product_unacceptable": "13.3",
    "subscription_canceled": "13.2",
    "unrecognized": "10.4",
}


@job
def open_dispute(call: Call, subject: str) -> None:
    """The cardholder's bank disputes the charge of a test card, or inquires about it."""
    charge = call.find("charge", subject)
    wanted = cards.by_number(charge["_number"]).dispute
    if wanted is None or charge["disputed"] or charge["refunded"]:
        return
    inquiry = wanted == "inquiry"
    open_for(call, charge, reason="general" if inquiry else wanted, inquiry=inquiry)


def open_for(
    call: Call, charge: Obj, *, reason: str, inquiry: bool = False, amount: int | None = None
) -> Obj:
    """A dispute or an inquiry about the charge, or about `amount` of what it has taken."""
    status = "warning_needs_response" if inquiry else "needs_response"
    case = "inquiry" if inquiry else "chargeback"
    dispute = _new(call, charge, reason, amount, status, case)
    dispute["evidence_details"]["due_by"] = call.now + RESPONSE_DAYS * DAY
    dispute["is_charge_refundable"] = inquiry
    if not inquiry:
        _withdraw(call, dispute, call.runtime.config["dispute_fee"])
    call.emit("charge.dispute.created", dispute)
    if not inquiry:
        call.emit("charge.dispute.funds_withdrawn", dispute)
    call.schedule(RESPONSE_DAYS * DAY, "miss_deadline", dispute["id"])
    return dispute


def resolve_rapidly(
    call: Call, charge: Obj, *, reason: str, status: str, amount: int | None = None
) -> Obj:
    """The card network gives the money back before it comes to a dispute: no fee, no evidence.

    It appears as a dispute that is over already, `lost` or `prevented`.
    """
    dispute = _new(call, charge, reason, amount, status, "resolution")
    dispute["evidence_details"]["due_by"] = None
    dispute["is_charge_refundable"] = False
    _withdraw(call, dispute, 0)
    call.emit("charge.dispute.created", dispute)
    call.emit("charge.dispute.funds_withdrawn", dispute)
    call.emit("charge.dispute.closed", dispute)
    return dispute


def _new(
    call: Call, charge: Obj, reason: str, amount: int | None, status: str, case_type: str
) -> Obj:
    if case_type != "inquiry":
        refunding.fail_pending(call, charge)
    dispute = call.create(
        "dispute",
        "du",
        amount=amount or charge["amount_captured"] - charge["amount_refunded"],
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        reason=reason,
        status=status,
    )
    dispute["payment_method_details"]["card"].update(
        brand=charge["payment_method_details"]["card"]["brand"],
        case_type=case_type,
        network_reason_code=REASONS[reason],
    )
    charge.update(disputed=True, _inquiry=case_type == "inquiry")
    call.save(charge)
    early_fraud_warnings.dismiss(call, charge["id"])
    return dispute


def _withdraw(call: Call, dispute: Obj, fee: int) -> None:
    transaction = ledger.post_back(
        call,
        call.find("charge", dispute["charge"]),
        dispute["amount"],
        sign=-1,
        type_="adjustment",
        category="dispute",
        source=dispute["id"],
        fee=fee,
        fee_text="Dispute fee",
        description=f"Chargeback withdrawal for {dispute['charge']}",
    )
    dispute["balance_transactions"] = [*dispute["balance_transactions"], public(transaction)]
    call.save(dispute)


def close(call: Call, dispute: Obj, status: str) -> None:
    """The dispute is over: `won` brings the money back."""
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


def is_inquiry(dispute: Obj) -> bool:
    """Whether the bank only asks so far."""
    return str(dispute["status"]).startswith("warning_")


@job
def decide_for_merchant(call: Call, subject: str) -> None:
    """The evidence convinces the bank."""
    dispute = call.find("dispute", subject)
    if dispute["status"] in CLOSED:
        return
    close(call, dispute, "warning_closed" if is_inquiry(dispute) else "won")


@job
def decide_for_cardholder(call: Call, subject: str) -> None:
    """The evidence does not convince the bank."""
    dispute = call.find("dispute", subject)
    if dispute["status"] in CLOSED:
        return
    close(call, dispute, "warning_closed" if is_inquiry(dispute) else "lost")


def prevent(call: Call, subject: str) -> None:
    """The cardholder withdrew before the bank decided; nothing more comes of it."""
    close(call, call.find("dispute", subject), "prevented")


@job
def escalate_inquiry(call: Call, subject: str) -> None:
    """An inquiry becomes a dispute, and the money is withdrawn."""
    dispute = call.find("dispute", subject)
    if not is_inquiry(dispute) or dispute["status"] in CLOSED:
        return
    before = {"status": dispute["status"]}
    dispute.update(status="needs_response", is_charge_refundable=False)
    dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
    dispute["evidence_details"]["due_by"] = call.now + RESPONSE_DAYS * DAY
    charge = call.find("charge", dispute["charge"])
    charge["_inquiry"] = False
    refunding.fail_pending(call, charge)
    call.save(charge)
    _withdraw(call, dispute, call.runtime.config["dispute_fee"])
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
        close(call, dispute, "warning_closed" if is_inquiry(dispute) else "lost")
