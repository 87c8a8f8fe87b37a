"""The balance: every movement is a balance transaction, and only this module makes them."""

from typing import Any

from . import fees, fx
from .call import Call

Obj = dict[str, Any]


def post(
    call: Call,
    *,
    type_: str,
    category: str,
    source: str,
    amount: int,
    fee: int = 0,
    fee_text: str = "Stripe processing fees",
    available_on: int | None = None,
    exchange_rate: float | None = None,
    description: str | None = None,
) -> Obj:
    """Move `amount` settlement cents (negative: out). Without a date it is available at once."""
    when = call.now if available_on is None else available_on
    details = [
        {"amount": fee, "application": None, "currency": fx.SETTLEMENT,
         "description": fee_text, "type": "stripe_fee"}
    ] if fee else []  # fmt: skip
    transaction = call.create(
        "balance_transaction",
        "txn",
        amount=amount,
        fee=fee,
        fee_details=details,
        net=amount - fee,
        currency=fx.SETTLEMENT,
        type=type_,
        reporting_category=category,
        source=source,
        description=description,
        exchange_rate=exchange_rate,
        available_on=when,
        status="available" if when <= call.now else "pending",
    )
    call.unit.add_funds(call.account, fx.SETTLEMENT, when, amount - fee)
    return transaction


def post_charge(call: Call, charge: Obj, *, at_once: bool) -> Obj:
    """The credit for a captured charge, less the processing fee."""
    settled, rate = fx.settle(charge["amount_captured"], charge["currency"])
    country = charge["payment_method_details"]["card"]["country"]
    return post(
        call,
        type_="charge",
        category="charge",
        source=charge["id"],
        amount=settled,
        fee=fees.charge_fee(settled, card_country=country, converted=rate is not None),
        available_on=call.now if at_once else fees.available_on(call.now),
        exchange_rate=rate,
        description=charge["description"],
    )


def totals(call: Call) -> dict[str, tuple[int, int]]:
    """(available, pending) cents per currency at this moment."""
    rows = call.unit.select(
        "SELECT currency, SUM(CASE WHEN available_on <= ? THEN net ELSE 0 END),"
        " SUM(CASE WHEN available_on > ? THEN net ELSE 0 END)"
        " FROM funds WHERE account = ? GROUP BY currency",
        call.now,
        call.now,
        call.account,
    )
    found = {currency: (available, pending) for currency, available, pending in rows}
    return {fx.SETTLEMENT: (0, 0), **found}


def available(call: Call) -> int:
    """Settlement cents that may be paid out now."""
    return totals(call)[fx.SETTLEMENT][0]


def as_of(call: Call, transaction: Obj) -> Obj:
    """The transaction with its status at this moment: what was pending becomes available."""
    if transaction["status"] == "pending" and transaction["available_on"] <= call.now:
        return {**transaction, "status": "available"}
    return transaction
