"""The balance: every movement is a balance transaction, and only this module makes them."""

from typing import Any

from . import fees, fx
from .call import Call
from .runtime import PLATFORM

Obj = dict[str, Any]


def convert(call: Call, amount: int, source: str, target: str) -> tuple[int, float | None]:
    """`amount` of one currency in another, and the rate (None for the same), at this moment."""
    return fx.convert(amount, source, target, call.runtime.config["rates"])


def settlement(call: Call, currency: str) -> str:
    """The currency in which money of `currency` lands in the account's balance."""
    if call.account == PLATFORM:
        held = call.runtime.config["settlement_currencies"]
        return currency if currency in held else fx.SETTLEMENT
    account = onboarded(call)
    held = [bank["currency"] for bank in account["external_accounts"]["data"]]
    return currency if currency in held else str(account["default_currency"])


def onboarded(call: Call) -> Obj:
    """The connected account that the call acts for."""
    account = call.unit.get(PLATFORM, call.account)
    if account is None:
        raise LookupError(call.account)
    return account


def currency_of(call: Call, charge: Obj) -> str:
    """The currency in which the charge was booked, or would be."""
    booked = call.get(charge["balance_transaction"] or "")
    return str(booked["currency"]) if booked else settlement(call, charge["currency"])


def post(
    call: Call,
    *,
    type_: str,
    category: str,
    source: str | None,
    amount: int,
    currency: str,
    fee: int = 0,
    fee_text: str = "Stripe processing fees",
    available_on: int | None = None,
    exchange_rate: float | None = None,
    description: str | None = None,
    **hidden: Any,
) -> Obj:
    """Move `amount` of `currency` (negative: out). Without a date it is available at once."""
    when = call.now if available_on is None else available_on
    details = [
        {"amount": fee, "application": None, "currency": currency,
         "description": fee_text, "type": "stripe_fee"}
    ] if fee else []  # fmt: skip
    transaction = call.create(
        "balance_transaction",
        "txn",
        amount=amount,
        fee=fee,
        fee_details=details,
        net=amount - fee,
        currency=currency,
        type=type_,
        reporting_category=category,
        source=source,
        description=description,
        exchange_rate=exchange_rate,
        available_on=when,
        status="available" if when <= call.now else "pending",
        **hidden,
    )
    call.unit.add_funds(call.account, currency, when, amount - fee)
    return transaction


def post_charge(call: Call, charge: Obj, *, at_once: bool) -> Obj:
    """The credit for a captured charge, less the processing fee."""
    currency = settlement(call, charge["currency"])
    settled, rate = convert(call, charge["amount_captured"], charge["currency"], currency)
    country = charge["payment_method_details"]["card"]["country"]
    return post(
        call,
        type_="charge",
        category="charge",
        source=charge["id"],
        amount=settled,
        currency=currency,
        fee=fees.charge_fee(settled, card_country=country, converted=rate is not None),
        available_on=call.now if at_once else fees.available_on(call.now),
        exchange_rate=rate,
        description=charge["description"],
    )


def post_back(call: Call, charge: Obj, amount: int, *, sign: int, **values: Any) -> Obj:
    """Move `amount` of the charge's currency, converted into that in which the charge was booked.

    `sign` is -1 for out, 1 for in; `values` as for `post`.
    """
    currency = currency_of(call, charge)
    settled, rate = convert(call, amount, charge["currency"], currency)
    return post(call, amount=sign * settled, currency=currency, exchange_rate=rate, **values)


def totals(call: Call) -> dict[str, tuple[int, int]]:
    """(available, pending) minor units per currency at this moment."""
    rows = call.unit.select(
        "SELECT currency, SUM(CASE WHEN available_on <= ? THEN net ELSE 0 END),"
        " SUM(CASE WHEN available_on > ? THEN net ELSE 0 END)"
        " FROM funds WHERE account = ? GROUP BY currency",
        call.now,
        call.now,
        call.account,
    )
    found = {currency: (available, pending) for currency, available, pending in rows}
    return {home_currency(call): (0, 0), **found}


def home_currency(call: Call) -> str:
    """The currency that the account's balance always shows."""
    return fx.SETTLEMENT if call.account == PLATFORM else str(onboarded(call)["default_currency"])


def available(call: Call, currency: str) -> int:
    """Minor units of the currency that may be paid out now."""
    return totals(call).get(currency, (0, 0))[0]


def as_of(call: Call, transaction: Obj) -> Obj:
    """The transaction with its status at this moment: what was pending becomes available."""
    if transaction["status"] == "pending" and transaction["available_on"] <= call.now:
        return {**transaction, "status": "available"}
    return transaction
