"""Transfers: the platform's money becomes a connected account's, at once or with a charge's."""

from typing import Any

from .. import billing, ledger
from ..call import Call
from ..errors import invalid, missing
from ..listing import page
from ..metadata import changed, merge
from ..params import LISTING, Created, Currency, Integer, Metadata, Text
from ..routes import Resource
from ..runtime import PLATFORM

Obj = dict[str, Any]
resource = Resource()


@resource.on(
    "POST",
    "/v1/transfers",
    {
        "amount": Integer(1),
        "currency": Currency(required=True),
        "description": Text(),
        "destination": Text(required=True),
        "metadata": Metadata(),
        "source_transaction": Text(),
        "source_type": Text("bank_account", "card", "fpx"),
        "transfer_group": Text(),
    },
)
def create(call: Call, params: Obj) -> Obj:
    """Move money to an account; 400 `balance_insufficient` when the balance does not bear it."""
    destination = _destination(call, params.pop("destination"))
    currency = params["currency"]
    available_on: int | None = None
    if "source_transaction" in params:
        charge, paid_in = _source(call, params["source_transaction"], currency)
        params["amount"] = _within(call, charge, paid_in, params.get("amount"))
        group = charge["transfer_group"] or f"group_{charge['payment_intent'] or charge['id']}"
        charge["transfer_group"] = params["transfer_group"] = params.get("transfer_group", group)
        call.save(charge)
        available_on = paid_in["available_on"] if paid_in["available_on"] > call.now else None
    elif "amount" not in params:
        raise invalid("Missing required param: amount.", param="amount", code="parameter_missing")
    elif ledger.available(call, currency) < params["amount"]:
        raise invalid(
            "You have insufficient available funds in your Stripe account.",
            code="balance_insufficient",
        )
    transfer = call.create("transfer", "tr", destination=destination["id"])
    transfer["reversals"]["url"] = f"/v1/transfers/{transfer['id']}/reversals"
    merge(transfer, params)
    transfer.update(params)
    transaction = ledger.post(
        call,
        type_="transfer",
        category="transfer",
        source=transfer["id"],
        amount=-transfer["amount"],
        currency=currency,
        available_on=available_on,
        description=transfer["description"],
    )
    payment = _receive(call.of(destination["id"]), transfer, available_on)
    transfer.update(balance_transaction=transaction["id"], destination_payment=payment["id"])
    call.save(transfer)
    call.emit("transfer.created", transfer)
    billing.bill_transfer(call, transfer, destination)
    return transfer


def _destination(call: Call, account: str) -> Obj:
    found = call.unit.get(PLATFORM, account)
    if found is None or found["object"] != "account" or found.get("deleted"):
        raise missing("destination", account, param="destination")
    able = {name for name, status in found["capabilities"].items() if status == "active"}
    if not able & {"transfers", "legacy_payments"}:
        raise invalid(
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    return found


def _source(call: Call, charge_id: str, currency: str) -> tuple[Obj, Obj]:
    charge = call.find("charge", charge_id, param="source_transaction")
    paid_in = call.get(charge["balance_transaction"] or "")
    if paid_in is None:
        raise invalid(f"Charge {charge_id} has taken no money.", param="source_transaction")
    if paid_in["currency"] != currency:
        raise invalid(
            f"The currency of source_transaction's balance transaction ({paid_in['currency']}) must"
            f" be the same as the transfer currency ({currency})",
            param="currency",
        )
    return charge, paid_in


def _within(call: Call, charge: Obj, paid_in: Obj, asked: int | None) -> int:
    """The amount that the charge still has for transfers, or the smaller one asked for."""
    rows = call.unit.select(
        "SELECT body FROM objects WHERE account = ? AND kind = 'transfer'"
        " AND tag = ? AND json_extract(body, '$.source_transaction') = ?",
        call.account,
        charge["transfer_group"],
        charge["id"],
    )
    used = sum(call.unit.load(call.account, row[0])["amount"] for row in rows)
    left = int(paid_in["amount"] - used)
    if left <= 0 or (asked or 0) > left:
        raise invalid(
            f"Transfers using this transaction as a source must not exceed the source amount of"
            f" {paid_in['amount']}; transfers that use it already amount to {used}.",
            param="amount",
        )
    return asked or left


def _receive(call: Call, transfer: Obj, available_on: int | None) -> Obj:
    """What the account sees of the transfer: a payment, in its own currency on its balance."""
    amount, currency = transfer["amount"], transfer["currency"]
    payment = call.create("charge", "py", amount=amount, currency=currency)
    payment.update(
        amount_captured=amount,
        captured=True,
        calculated_statement_descriptor=None,
        outcome=None,
        payment_method_details={"stripe_account": {}, "type": "stripe_account"},
        source_transfer=transfer["id"],
        transfer_group=transfer["transfer_group"],
    )
    target = ledger.settlement(call, currency)
    settled, rate = ledger.convert(call, amount, currency, target)
    transaction = ledger.post(
        call,
        type_="payment",
        category="charge",
        source=payment["id"],
        amount=settled,
        currency=target,
        exchange_rate=rate,
        available_on=available_on,
        description=transfer["description"],
    )
    payment["balance_transaction"] = transaction["id"]
    return call.save(payment)


@resource.on(
    "GET",
    "/v1/transfers",
    {**LISTING, "created": Created(), "destination": Text(), "transfer_group": Text()},
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {"parent": params.get("destination"), "tag": params.get("transfer_group")}
    return page(call, "transfer", params, url="/v1/transfers", where=where)


@resource.on("GET", "/v1/transfers/<str:transfer>")
def retrieve(call: Call, params: Obj, transfer: str) -> Obj:
    """One by its id."""
    return call.find("transfer", transfer, in_path=True, param="transfer")


@resource.on(
    "POST",
    "/v1/transfers/<str:transfer>",
    {"description": Text(unset=True), "metadata": Metadata()},
)
def update(call: Call, params: Obj, transfer: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = retrieve(call, {}, transfer)
    before = dict(found)
    merge(found, params)
    found.update(params)
    if difference := changed(before, found):
        call.save(found)
        call.emit("transfer.updated", found, difference)
    return found
