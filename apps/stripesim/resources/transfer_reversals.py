"""Reversals: a transfer comes back, whole or in parts, as far as the account still has it."""

from typing import Any

from .. import ledger
from ..call import Call
from ..errors import invalid, missing
from ..listing import page
from ..metadata import changed, merge
from ..params import LISTING, Boolean, Integer, Metadata, Text
from ..routes import Resource

Obj = dict[str, Any]
resource = Resource()
_PATH = "/v1/transfers/<str:transfer>/reversals"


@resource.on(
    "POST",
    _PATH,
    {
        "amount": Integer(1),
        "description": Text(),
        "metadata": Metadata(),
        "refund_application_fee": Boolean(),
    },
)
def create(call: Call, params: Obj, transfer: str) -> Obj:
    """Take back `amount`, or all that is left; 400 `balance_insufficient` when it is gone."""
    found = call.find("transfer", transfer, in_path=True, param="transfer")
    amount = _amount(found, params.get("amount"))
    account = call.of(found["destination"])
    payment = account.find("charge", found["destination_payment"])
    reversal = call.create("transfer_reversal", "trr", transfer=transfer, metadata={})
    merge(reversal, params)
    reversal.update(amount=amount, currency=found["currency"])
    refund = _give_back(account, payment, reversal)
    transaction = ledger.post(
        call,
        type_="transfer_refund",
        category="transfer_reversal",
        source=reversal["id"],
        amount=amount,
        currency=found["currency"],
        available_on=_pending_until(call, found),
        description=params.get("description") or f"REFUND FOR TRANSFER ({transfer})",
    )
    reversal.update(balance_transaction=transaction["id"], destination_payment_refund=refund["id"])
    call.save(reversal)
    _count(call, found, reversal)
    return reversal


def _amount(transfer: Obj, asked: int | None) -> int:
    left = int(transfer["amount"] - transfer["amount_reversed"])
    if left <= 0:
        raise invalid(f"Transfer {transfer['id']} is already fully reversed.", param="amount")
    if asked is not None and asked > left:
        raise invalid(
            f"Reversal amount ({asked} {transfer['currency']}) is greater than unreversed amount"
            f" on transfer ({left} {transfer['currency']})",
            param="amount",
        )
    return asked or left


def _pending_until(call: Call, obj: Obj) -> int | None:
    """When the money of a transfer or payment becomes available, if that is still to come."""
    moved = call.get(obj["balance_transaction"] or "")
    return moved["available_on"] if moved and moved["available_on"] > call.now else None


def _give_back(call: Call, payment: Obj, reversal: Obj) -> Obj:
    """The account's side: a refund of the payment, out of its balance at today's rate."""
    paid_in = call.find("balance_transaction", payment["balance_transaction"])
    currency, waits = paid_in["currency"], _pending_until(call, payment)
    settled, rate = ledger.convert(call, reversal["amount"], payment["currency"], currency)
    available, pending = ledger.totals(call).get(currency, (0, 0))
    if settled > (pending if waits else available):
        raise invalid(
            "The account has insufficient available funds to reverse this transfer.",
            code="balance_insufficient",
        )
    refund = call.create("refund", "pyr", amount=reversal["amount"], currency=payment["currency"])
    refund.update(
        charge=payment["id"],
        destination_details={"type": "stripe_account"},
        source_transfer_reversal=reversal["id"],
    )
    transaction = ledger.post(
        call,
        type_="payment_refund",
        category="refund",
        source=refund["id"],
        amount=-settled,
        currency=currency,
        exchange_rate=rate,
        available_on=waits,
        description=f"REFUND FOR PAYMENT ({payment['id']})",
    )
    refund["balance_transaction"] = transaction["id"]
    call.save(refund)
    payment["amount_refunded"] += reversal["amount"]
    payment["refunded"] = payment["amount_refunded"] >= payment["amount"]
    call.save(payment)
    return refund


def _count(call: Call, transfer: Obj, reversal: Obj) -> None:
    before = {name: transfer[name] for name in ("amount_reversed", "reversed")}
    transfer["amount_reversed"] += reversal["amount"]
    transfer["reversed"] = transfer["amount_reversed"] >= transfer["amount"]
    _show(call, transfer)
    call.emit("transfer.reversed", transfer, before)


def _show(call: Call, transfer: Obj) -> None:
    """The list inside the transfer holds the latest ten."""
    url = f"/v1/transfers/{transfer['id']}/reversals"
    transfer["reversals"] = page(
        call, "transfer_reversal", {}, url=url, where={"parent": transfer["id"]}
    )
    call.save(transfer)


@resource.on("GET", _PATH, LISTING)
def index(call: Call, params: Obj, transfer: str) -> Obj:
    """A page, newest first."""
    call.find("transfer", transfer, in_path=True, param="transfer")
    url = f"/v1/transfers/{transfer}/reversals"
    return page(call, "transfer_reversal", params, url=url, where={"parent": transfer})


@resource.on("GET", f"{_PATH}/<str:reversal>")
def retrieve(call: Call, params: Obj, transfer: str, reversal: str) -> Obj:
    """One by its id."""
    found = call.find("transfer_reversal", reversal, in_path=True)
    if found["transfer"] != transfer:
        raise missing("transfer_reversal", reversal, in_path=True)
    return found


@resource.on("POST", f"{_PATH}/<str:reversal>", {"metadata": Metadata()})
def update(call: Call, params: Obj, transfer: str, reversal: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = retrieve(call, {}, transfer, reversal)
    before = dict(found)
    merge(found, params)
    if changed(before, found):
        call.save(found)
        _show(call, call.find("transfer", transfer))
    return found
