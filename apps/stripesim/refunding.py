"""The life of a refund: paid for, under way, arrived, failed, or called off."""

from typing import Any

from . import ledger
from .call import Call
from .ids import random_text
from .scheduler import job

Obj = dict[str, Any]
DAY = 86400


def funded(call: Call, charge: Obj, refund: Obj) -> bool:
    """Whether the balance bears the refund. A charge not yet available bears its own."""
    if not call.runtime.config["refunds_need_balance"]:
        return True
    paid_in = call.get(charge["balance_transaction"] or "")
    if paid_in is None or paid_in["available_on"] > call.now:
        return True
    currency = ledger.currency_of(call, charge)
    settled, _ = ledger.convert(call, refund["amount"], refund["currency"], currency)
    return ledger.available(call, currency) >= settled


def book(call: Call, charge: Obj, refund: Obj) -> None:
    """Take the refund from the balance; from the charge's own money while that is pending."""
    paid_in = call.get(charge["balance_transaction"] or "")
    pending = paid_in is not None and paid_in["available_on"] > call.now
    transaction = ledger.post_back(
        call,
        charge,
        refund["amount"],
        sign=-1,
        type_="refund",
        category="refund",
        source=refund["id"],
        available_on=paid_in["available_on"] if paid_in is not None and pending else None,
        description="REFUND FOR CHARGE" + (f" ({charge['description']})"
                                           if charge["description"] else ""),
    )  # fmt: skip
    refund["balance_transaction"] = transaction["id"]
    call.save(refund)


def arrive(call: Call, refund: Obj) -> None:
    """The bank names its reference for the refund."""
    before = {"destination_details": refund["destination_details"]}
    details = {**refund["destination_details"]["card"], "reference": random_text(16).upper()}
    details["reference_status"] = "available"
    refund["destination_details"] = {"type": "card", "card": details}
    updated(call, refund, before)


def updated(call: Call, refund: Obj, before: Obj) -> None:
    """Store the refund and tell of it, under both of its names."""
    call.save(refund)
    call.emit("refund.updated", refund, before)
    call.emit("charge.refund.updated", refund, before)


def until_midnight(call: Call) -> int:
    """Seconds until the next 00:00 UTC."""
    return DAY - call.now % DAY


@job
def pay_waiting_refund(call: Call, subject: str) -> None:
    """Each midnight: a refund that lacked money succeeds once the balance bears it."""
    refund = call.find("refund", subject)
    if refund["status"] != "pending":
        return
    charge = call.find("charge", refund["charge"])
    if not funded(call, charge, refund):
        call.schedule(until_midnight(call), "pay_waiting_refund", subject)
        return
    book(call, charge, refund)
    refund["pending_reason"] = "processing"
    complete_refund(call, subject)


@job
def complete_refund(call: Call, subject: str) -> None:
    """A pending refund reaches the customer."""
    refund = call.find("refund", subject)
    if refund["status"] not in ("pending", "requires_action"):
        return
    before = {"status": refund["status"]}
    refund["status"] = "succeeded"
    for name in ("pending_reason", "next_action"):
        refund.pop(name, None)
    updated(call, refund, before)


@job
def fail_refund(call: Call, subject: str) -> None:
    """The bank sends the money back: the refund fails although it had succeeded."""
    fail(call, call.find("refund", subject), "expired_or_canceled_card")


def fail(call: Call, refund: Obj, reason: str) -> None:
    """The refund fails for `reason`, unless it had ended otherwise than by success."""
    if refund["status"] not in ("succeeded", "pending", "requires_action"):
        return
    before = {"status": refund["status"]}
    give_back(call, refund, status="failed", reason=reason)
    call.emit("refund.failed", refund, before)
    updated(call, refund, before)


def ask_customer(call: Call, refund: Obj) -> None:
    """A pending refund waits for the customer, who was asked by mail where the money should go."""
    if refund["status"] != "pending":
        return
    before = {"status": refund["status"]}
    email = refund.get("instructions_email") or "customer@example.com"
    details = {
        "email_sent": {"email_sent_at": call.now, "email_sent_to": email},
        "expires_at": call.now + 45 * DAY,
    }
    refund.update(
        status="requires_action",
        next_action={"type": "display_details", "display_details": details},
    )
    refund.pop("pending_reason", None)
    updated(call, refund, before)


def call_off(call: Call, refund: Obj) -> None:
    """A refund that has not reached the customer is canceled; the money is back."""
    before = {"status": refund["status"]}
    give_back(call, refund, status="canceled", reason="merchant_request")
    updated(call, refund, before)


def give_back(call: Call, refund: Obj, *, status: str, reason: str) -> None:
    """Undo the refund on the charge, and on the balance when it was booked."""
    refund.update(status=status, failure_reason=reason)
    for name in ("pending_reason", "next_action"):
        refund.pop(name, None)
    charge = call.find("charge", refund["charge"])
    if refund["balance_transaction"]:
        transaction = ledger.post_back(
            call,
            charge,
            refund["amount"],
            sign=1,
            type_="refund_failure",
            category="refund_failure",
            source=refund["id"],
            description="REFUND FAILURE",
        )
        refund["failure_balance_transaction"] = transaction["id"]
    call.save(refund)
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    call.save(charge)


def fail_pending(call: Call, charge: Obj) -> None:
    """The charge is disputed: a refund that has not reached the customer never will."""
    for (body,) in call.unit.select(
        "SELECT body FROM objects WHERE account = ? AND kind = 'refund' AND parent = ?",
        call.account,
        charge["id"],
    ):
        refund = call.unit.load(call.account, body)
        if refund["status"] in ("pending", "requires_action"):
            fail(call, refund, "charge_for_pending_refund_disputed")
