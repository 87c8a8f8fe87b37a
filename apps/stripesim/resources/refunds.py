"""Refunds: at once, waiting for money, pending at the card's bank, or failing after success."""

from typing import Any

from .. import cards, refunding
from ..call import Call
from ..errors import invalid, missing
from ..listing import page
from ..metadata import changed, merge
from ..params import LISTING, Boolean, Created, Integer, Metadata, Text
from ..routes import Resource
from . import early_fraud_warnings

Obj = dict[str, Any]
resource = Resource()


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
    if not refunding.funded(call, charge, refund):
        refund.update(status="pending", pending_reason="insufficient_funds")
        call.schedule(refunding.until_midnight(call), "pay_waiting_refund", refund["id"])
    elif behaviour == "pending":
        refunding.book(call, charge, refund)
        refund.update(status="pending", pending_reason="processing")
        call.schedule(call.runtime.config["refund_delay"], "complete_refund", refund["id"])
    else:
        refunding.book(call, charge, refund)
    call.emit("refund.created", refund)
    call.emit("charge.refunded", charge, before)
    early_fraud_warnings.dismiss(call, charge["id"])
    if refund["status"] == "succeeded":
        if behaviour == "failing":
            call.schedule(call.runtime.config["refund_delay"], "fail_refund", refund["id"])
        call.later.append(lambda: refunding.arrive(call, refund))
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
        refunding.updated(call, found, difference)
    return found


@resource.on("POST", "/v1/refunds/<str:refund>/cancel")
def cancel(call: Call, params: Obj, refund: str) -> Obj:
    """Cancel what is not finished."""
    found = call.find("refund", refund, in_path=True, param="refund")
    if found["status"] != "requires_action":
        raise invalid(
            f"Only a refund that requires action can be canceled; this one is {found['status']}."
        )
    refunding.call_off(call, found)
    return found
