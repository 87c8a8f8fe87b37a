"""Payouts: an account's balance goes to its bank account, and sometimes comes back."""

from typing import Any

from .. import banks, billing, fees, ledger
from ..call import Call
from ..errors import invalid, missing
from ..ids import random_text
from ..listing import page
from ..metadata import changed, merge
from ..params import LISTING, Created, Currency, Integer, Metadata, Text
from ..routes import Resource
from ..runtime import PLATFORM
from ..scheduler import job
from . import external_accounts

Obj = dict[str, Any]
resource = Resource()
_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@resource.on(
    "POST",
    "/v1/payouts",
    {
        "amount": Integer(1, required=True),
        "currency": Currency(required=True),
        "description": Text(unset=True),
        "destination": Text(),
        "metadata": Metadata(),
        "method": Text("instant", "standard"),
        "source_type": Text("bank_account", "card", "fpx"),
        "statement_descriptor": Text(max_length=22),
    },
)
def create(call: Call, params: Obj) -> Obj:
    """Pay out now; 400 `balance_insufficient` when the available balance does not bear it."""
    bank = _bank(call, params.pop("destination", None), params["currency"])
    if params.get("method") == "instant":
        raise invalid(
            "This bank account does not support instant payouts.",
            param="method",
            code="instant_payouts_unsupported",
        )
    if ledger.available(call, params["currency"]) < params["amount"]:
        raise invalid(
            "You have insufficient funds in your Stripe account for this transfer.",
            param="amount",
            code="balance_insufficient",
        )
    payout = call.create("payout", "po", destination=bank["id"], metadata={})
    merge(payout, params)
    payout.update(params)
    return send(call, payout)


def send(call: Call, payout: Obj) -> Obj:
    """Take the payout from the balance and let it go its way."""
    payout["arrival_date"] = fees.available_on(call.now, 1)
    back = payout["amount"] < 0  # the reversal of another payout
    transaction = ledger.post(
        call,
        type_="payout",
        category="payout_reversal" if back else "payout",
        source=payout["id"],
        amount=-payout["amount"],
        currency=payout["currency"],
        available_on=payout["arrival_date"] if back else None,
        description=payout["description"] or "STRIPE PAYOUT",
        _payout=payout["id"],
    )
    payout["balance_transaction"] = transaction["id"]
    call.save(payout)
    call.emit("payout.created", payout)
    call.schedule(call.runtime.config["payout_delay"], "send_payout", payout["id"])
    return payout


def _bank(call: Call, wanted: str | None, currency: str) -> Obj:
    """Where the payout goes; 400 when the account cannot be paid there."""
    if wanted is not None:
        bank = call.get(wanted)
        if bank is None or bank["object"] != "bank_account" or bank.get("deleted"):
            raise missing("external account", wanted, param="destination")
        if bank["currency"] != currency:
            raise invalid(
                f"The external account takes {bank['currency']}, not {currency}.", param="currency"
            )
    else:
        bank = external_accounts.default(call, currency)
    if bank is None and call.account == PLATFORM:
        return _own_bank(call, currency)
    if bank is None:
        raise invalid(
            f"Sorry, you don't have any external accounts in that currency ({currency}).",
            param="currency",
        )
    if bank["status"] == "errored":
        raise invalid(
            "The bank account cannot be used for payouts: the last one came back. Change it first.",
            code="bank_account_unusable",
        )
    if call.account != PLATFORM and not ledger.onboarded(call)["payouts_enabled"]:
        raise invalid(
            "Cannot create payouts: the account has requirements that are due.",
            code="payouts_not_allowed",
        )
    return bank


def _own_bank(call: Call, currency: str) -> Obj:
    """The platform's bank account in a currency; it has one wherever it needs one."""
    values = banks.read({"account_number": banks.GOOD, "country": "US", "currency": currency,
                         "routing_number": banks.ROUTING})  # fmt: skip
    bank = call.create("bank_account", "ba", account=PLATFORM, status="verified", **values)
    del bank["created"]
    return bank


@job
def send_payout(call: Call, subject: str) -> None:
    """The payout leaves; its end comes on its date of arrival."""
    payout = call.find("payout", subject)
    if payout["status"] != "pending":
        return
    _move(call, payout, "in_transit", "payout.updated")
    call.schedule(max(0, payout["arrival_date"] - call.now), "end_payout", subject)


@job
def end_payout(call: Call, subject: str) -> None:
    """The payout arrives, or the bank account's number says that it comes back."""
    payout = call.find("payout", subject)
    if payout["status"] != "in_transit":
        return
    bank = call.get(payout["destination"])
    code = banks.failure(bank["_number"]) if bank and payout["amount"] > 0 else None
    if code:
        fail(call, payout, code)
    else:
        pay(call, payout)


def _move(call: Call, payout: Obj, status: str, event: str, **values: Any) -> None:
    before = {name: payout[name] for name in ("status", *values)}
    payout.update(status=status, **values)
    call.save(payout)
    call.emit(event, payout, before)


def pay(call: Call, payout: Obj) -> None:
    """The payout has arrived, as far as anybody knows."""
    trace = {"status": "supported", "value": random_text(15).upper()}
    _move(call, payout, "paid", "payout.paid", trace_id=trace)
    billing.bill_payout(call, payout)


def fail(call: Call, payout: Obj, code: str) -> None:
    """The money comes back, even after `paid`; the bank account gets nothing more until changed."""
    transaction = _return(call, payout, "payout_failure", "STRIPE PAYOUT FAILURE")
    _move(
        call,
        payout,
        "failed",
        "payout.failed",
        failure_balance_transaction=transaction["id"],
        failure_code=code,
        failure_message=banks.MESSAGES[code],
    )
    bank = call.get(payout["destination"])
    if bank is not None and not bank.get("deleted"):
        external_accounts.fail(call, bank)


def _return(call: Call, payout: Obj, type_: str, text: str) -> Obj:
    return ledger.post(
        call,
        type_=type_,
        category="payout_reversal",
        source=payout["id"],
        amount=payout["amount"],
        currency=payout["currency"],
        description=text,
        _payout=payout["id"],
    )


@resource.on(
    "GET",
    "/v1/payouts",
    {
        **LISTING,
        "arrival_date": Created(),
        "created": Created(),
        "destination": Text(),
        "status": Text("canceled", "failed", "in_transit", "paid", "pending"),
    },
)
def index(call: Call, params: Obj) -> Obj:
    """A page, newest first."""
    where = {"parent": params.get("destination"), "tag": params.get("status")}
    arrival = params.pop("arrival_date", {})
    return page(
        call,
        "payout",
        params,
        url="/v1/payouts",
        where=where,
        sql=" AND ".join(f"json_extract(body, '$.arrival_date') {_COMPARE[name]} ?"
                         for name in arrival),
        values=tuple(arrival.values()),
    )  # fmt: skip


@resource.on("GET", "/v1/payouts/<str:payout>")
def retrieve(call: Call, params: Obj, payout: str) -> Obj:
    """One by its id."""
    return call.find("payout", payout, in_path=True, param="payout")


@resource.on("POST", "/v1/payouts/<str:payout>", {"metadata": Metadata()})
def update(call: Call, params: Obj, payout: str) -> Obj:
    """Change what was sent; the rest stays."""
    found = retrieve(call, {}, payout)
    before = dict(found)
    merge(found, params)
    if difference := changed(before, found):
        call.save(found)
        call.emit("payout.updated", found, difference)
    return found


@resource.on("POST", "/v1/payouts/<str:payout>/cancel")
def cancel(call: Call, params: Obj, payout: str) -> Obj:
    """Call back a payout that has not left; the money is available again."""
    found = retrieve(call, {}, payout)
    if found["status"] != "pending" or found["automatic"]:
        raise invalid(
            f"Only a manual payout that is pending can be canceled; this one is {found['status']}.",
            param="payout",
        )
    transaction = _return(call, found, "payout_cancel", "STRIPE PAYOUT CANCEL")
    _move(
        call,
        found,
        "canceled",
        "payout.canceled",
        failure_balance_transaction=transaction["id"],
    )
    return found


@resource.on("POST", "/v1/payouts/<str:payout>/reverse", {"metadata": Metadata()})
def reverse(call: Call, params: Obj, payout: str) -> Obj:
    """Debit the bank account for a payout that was paid: a new payout of the negative amount."""
    found = retrieve(call, {}, payout)
    bank = call.get(found["destination"])
    if found["status"] != "paid" or found["reversed_by"] or found["original_payout"]:
        raise invalid("Only a paid payout can be reversed, and only once.", param="payout")
    if bank is None or bank.get("deleted") or bank["country"] != "US":
        raise invalid("Only payouts to US bank accounts can be reversed.", param="payout")
    back = call.create(
        "payout",
        "po",
        amount=-found["amount"],
        currency=found["currency"],
        destination=found["destination"],
        metadata={},
        original_payout=payout,
    )
    merge(back, params)
    found["reversed_by"] = back["id"]
    call.save(found)
    send(call, back)
    call.emit("payout.updated", found, {"reversed_by": None})
    return back
