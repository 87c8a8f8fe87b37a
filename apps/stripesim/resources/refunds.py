"""Refunds: at once, waiting for money, pending at the card's bank, or failing after success."""

from typing import Any

from .. import cards, ledger
from ..call import Call
from ..errors import invalid, missing
from ..ids import random_text
from ..listing import page
from ..metadata import changed, merge
from ..params import LISTING, Boolean, Created, Integer, Metadata, Text
from ..routes import Resource
from ..scheduler import job
from . import early_fraud_warnings

Obj = dict[str, Any]
resource = Resource()
DAY = 86400


@resource.on(
    "POST",
    "/v1/refunds",
    {
        "amount": Integer(1),
        "charge": Text(),
        "payment_intent": Text(),
        "metadata": Metadata(),
        "reason": Text("duplicate", "fraudulent", "requested_by_customer"),
        "instructions_email": Text(max_length=800),
        "refund_application_fee": Boolean(),
        "reverse_transfer": Boolean(),
    },
)
def create(call: Call, params: Obj) -> Obj:
    """Make one."""
    charge = _charge(call, params)
    amount = _amount(charge, params.get("amount"))
    refund = call.create(
        "refund",
        "re",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status="succeeded",
        metadata={},
        _number=charge["_number"],
    )
    merge(refund, params)
    if email := params.get("instructions_email"):
        refund["instructions_email"] = email
    before = {name: charge[name] for name in ("amount_refunded", "refunded")}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] >= charge["amount"]
    call.save(charge)
    behaviour = cards.by_number(charge["_number"]).refund
    if not _funded(call, charge, refund):
        refund.update(status="pending", pending_reason="insufficient_funds")
        call.schedule(_until_midnight(call), "pay_waiting_refund", refund["id"])
    elif behaviour == "pending":
        _book(call, charge, refund)
        refund.update(status="pending", pending_reason="processing")
        call.schedule(call.runtime.config["refund_delay"], "complete_refund", refund["id"])
    else:
        _book(call, charge, refund)
    call.emit("refund.created", refund)
    call.emit("charge.refunded", charge, before)
    early_fraud_warnings.dismiss(call, charge["id"])
    if refund["status"] == "succeeded":
        if behaviour == "failing":
            call.schedule(call.runtime.config["refund_delay"], "fail_refund", refund["id"])
        call.later.append(lambda: _arrive(call, refund))
    return refund


def _charge(call: Call, params: Obj) -> Obj:
    if charge_id := params.get("charge"):
        charge = call.find("charge", charge_id, param="charge")
        if params.get("payment_intent", charge["payment_intent"]) != charge["payment_intent"]:
            raise invalid("The charge belongs to another payment intent.", param="charge")
    elif intent_id := params.get("payment_intent"):
        intent = call.find("payment_intent", intent_id, param="payment_intent")
        if not intent["latest_charge"]:
            raise invalid(
                f"The payment intent {intent_id} has no successful charge to refund.",
                param="payment_intent",
            )
        charge = call.find("charge", intent["latest_charge"])
    else:
        raise invalid(
            "One of the following params should be provided for this request: charge or"
            " payment_intent.",
            param="charge",
            code="parameter_missing",
        )
    if charge["source_transfer"]:
        raise invalid(f"{charge['id']} came by a transfer; reverse that.", param="charge")
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise invalid(f"The charge {charge['id']} has taken no money to refund.", param="charge")
    if charge["disputed"] and not charge.get("_inquiry"):
        raise invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    return charge


def _amount(charge: Obj, asked: int | None) -> int:
    left = int(charge["amount"] - charge["amount_refunded"])
    if left <= 0:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if asked is not None and asked > left:
        raise invalid(
            f"Refund amount ({asked} {charge['currency']}) is greater than unrefunded amount on"
            f" charge ({left} {charge['currency']}).",
            param="amount",
        )
    return asked or left


def _funded(call: Call, charge: Obj, refund: Obj) -> bool:
    """Whether the balance bears the refund. A charge not yet available bears its own."""
    if not call.runtime.config["refunds_need_balance"]:
        return True
    paid_in = call.get(charge["balance_transaction"] or "")
    if paid_in is None or paid_in["available_on"] > call.now:
        return True
    currency = ledger.currency_of(call, charge)
    settled, _ = ledger.convert(call, refund["amount"], refund["currency"], currency)
    return ledger.available(call, currency) >= settled


def _book(call: Call, charge: Obj, refund: Obj) -> None:
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


def _arrive(call: Call, refund: Obj) -> None:
    """The bank names its reference for the refund."""
    before = {"destination_details": refund["destination_details"]}
    details = {**refund["destination_details"]["card"], "reference": random_text(16).upper()}
    details["reference_status"] = "available"
    refund["destination_details"] = {"type": "card", "card": details}
    _updated(call, refund, before)


def _updated(call: Call, refund: Obj, before: Obj) -> None:
    call.save(refund)
    call.emit("refund.updated", refund, before)
    call.emit("charge.refund.updated", refund, before)


def _until_midnight(call: Call) -> int:
    return DAY - call.now % DAY


@job
def pay_waiting_refund(call: Call, subject: str) -> None:
    """Each midnight: a refund that lacked money succeeds once the balance bears it."""
    refund = call.find("refund", subject)
    if refund["status"] != "pending":
        return
    charge = call.find("charge", refund["charge"])
    if not _funded(call, charge, refund):
        call.schedule(_until_midnight(call), "pay_waiting_refund", subject)
        return
    _book(call, charge, refund)
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
    _updated(call, refund, before)


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
    _updated(call, refund, before)


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
    _updated(call, refund, before)


def call_off(call: Call, refund: Obj) -> None:
    """A refund that has not reached the customer is canceled; the money is back."""
    before = {"status": refund["status"]}
    give_back(call, refund, status="canceled", reason="merchant_request")
    _updated(call, refund, before)


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


@resource.on(
    "GET",
    "/v1/refunds",
    {**LISTING, "charge": Text(), "payment_intent": Text(), "created": Created()},
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {"parent": params.get("charge"), "tag": params.get("payment_intent")}
    return page(call, "refund", params, url="/v1/refunds", where=where)


@resource.on("GET", "/v1/charges/<str:charge>/refunds", LISTING)
def index_of_charge(call: Call, params: Obj, charge: str) -> Obj:
    """The charge's refunds, newest first."""
    call.find("charge", charge, in_path=True, param="charge")
    url = f"/v1/charges/{charge}/refunds"
    return page(call, "refund", params, url=url, where={"parent": charge})


@resource.on("GET", "/v1/refunds/<str:refund>")
def retrieve(call: Call, params: Obj, refund: str) -> Obj:
    """One by its id."""
    found = call.get(refund)
    if found is None or found["object"] != "refund":
        raise missing("refund", refund, in_path=True, param="refund")
    return found


@resource.on("POST", "/v1/refunds/<str:refund>", {"metadata": Metadata()})
def update(call: Call, params: Obj, refund: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = call.find("refund", refund, in_path=True, param="refund")
    before = dict(found)
    merge(found, params)
    if difference := changed(before, found):
        _updated(call, found, difference)
    return found


@resource.on("POST", "/v1/refunds/<str:refund>/cancel")
def cancel(call: Call, params: Obj, refund: str) -> Obj:
    """Cancel what is not finished."""
    found = call.find("refund", refund, in_path=True, param="refund")
    if found["status"] != "requires_action":
        raise invalid(
            f"Only a refund that requires action can be canceled; this one is {found['status']}."
        )
    call_off(call, found)
    return found
