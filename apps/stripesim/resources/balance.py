"""The balance and the transactions that made it."""

from typing import Any

from .. import ledger
from ..call import Call
from ..listing import page
from ..params import LISTING, Created, Currency, Text
from ..routes import Resource
from ..templates import template

Obj = dict[str, Any]
resource = Resource()


@resource.on("GET", "/v1/balance")
def retrieve(call: Call, params: Obj) -> Obj:
    """One by its id."""
    available, pending = [], []
    for currency, (now, later) in ledger.totals(call).items():
        available.append({"amount": now, "currency": currency, "source_types": {"card": now}})
        pending.append({"amount": later, "currency": currency, "source_types": {"card": later}})
    reserved = [{"amount": 0, "currency": amount["currency"]} for amount in available]
    return template("balance", available=available, pending=pending, connect_reserved=reserved)


@resource.on(
    "GET",
    "/v1/balance_transactions",
    {
        **LISTING,
        "created": Created(),
        "currency": Currency(),
        "payout": Text(),
        "source": Text(),
        "type": Text(),
    },
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {
        "parent": params.get("source"),
        "tag": params.get("type"),
        "$.currency": params.get("currency"),
        "$._payout": params.get("payout"),
    }
    found = page(call, "balance_transaction", params, url="/v1/balance_transactions", where=where)
    found["data"] = [ledger.as_of(call, transaction) for transaction in found["data"]]
    return found


@resource.on("GET", "/v1/balance_transactions/<str:transaction>")
def retrieve_transaction(call: Call, params: Obj, transaction: str) -> Obj:
    """One movement of the balance."""
    return ledger.as_of(call, call.find("balance_transaction", transaction, in_path=True))
