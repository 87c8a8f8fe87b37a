"""
The reverse invoice as a document: what the platform writes to itself in a merchant's name.

Made of the facts that were frozen when it was issued and of nothing else, so it never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from babel import Locale
from django.conf import settings

from apps.core.money import format_amount, round_half_away, to_major
from apps.core.pdf import Column, Document, Facts, Paragraph, Table
from apps.payouts.models import Payout
from apps.payouts.statements import Statement

LINES: Final = (
    ("sales_amount", "Sales and refunds"),
    ("revenue_share_amount", "Revenue share"),
    ("payout_fees_amount", "Payout fees"),
    ("returned_fees_amount", "Fees of canceled payouts, given back"),
    ("kept_amount", "Kept back, and released"),
)


def invoice_facts(payout: Payout, statement: Statement) -> dict[str, Any]:
    """
    What stands on a payout's invoice, to be kept with it: its sums, in its own currency and, where
    that is another, in the merchant's, and who it is to.
    """
    amounts = {name: int(getattr(statement, name)) for name, _ in LINES}
    facts: dict[str, Any] = {
        "amounts": amounts,
        "total_amount": statement.total_amount,
        "currency": payout.currency,
        "period": [
            one.isoformat() if one else None
            for one in (statement.period_start, statement.period_end)
        ],
        "paid_at": payout.paid_at.isoformat() if payout.paid_at else None,
        "platform": {
            "name": settings.PLATFORM_NAME,
            "address": [line for line in settings.PLATFORM_ADDRESS.split("|") if line],
        },
    }
    if payout.account_currency != payout.currency and payout.account_amount is not None:
        facts["account_currency"] = payout.account_currency
        facts["account_amounts"] = converted(amounts, statement.total_amount, payout.account_amount)
        facts["account_total_amount"] = payout.account_amount
    return facts


def converted(amounts: Mapping[str, int], total: int, account_total: int) -> dict[str, int]:
    """
    Amounts as shares of what arrived in another currency; they add up to it to the last unit.

    What rounding leaves over is in the first line.
    """
    made = {
        name: round_half_away(Fraction(amount * account_total, total)) if total else 0
        for name, amount in amounts.items()
    }
    first = next(iter(made))
    made[first] += account_total - sum(made.values())
    return made


def invoice_document(payout: Payout) -> Document:
    """The invoice of a payout that was invoiced."""
    facts = payout.invoice_facts
    issued_at = payout.invoice_issued_at
    assert issued_at is not None  # noqa: S101  (only what was issued has facts)
    currency = facts["currency"]
    platform = facts["platform"]
    return Document(
        title="Reverse invoice",
        created_at=issued_at,
        subtitle=f"{payout.invoice_number}\n{issued_at:%d %B %Y}",
        sender="\n".join(_party(payout.invoice_billing)),
        footer=f"Reverse invoice {payout.invoice_number}",
        blocks=(
            Facts(
                (
                    ("To", "\n".join([platform["name"], *platform["address"]])),
                    ("Payout", str(payout.pk)),
                    ("Paid", _day(facts["paid_at"])),
                    ("Sales from", _period(facts["period"])),
                    *_arrived(facts),
                )
            ),
            _table(facts),
            Paragraph(
                f"Issued by {platform['name']} in the name and for the account of the seller. "
                f"Amounts are in {currency.upper()} and without tax, which is accounted for by "
                f"{platform['name']} as the seller to the buyers.",
                quiet=True,
            ),
        ),
    )


def _table(facts: Mapping[str, Any]) -> Table:
    currency, other = facts["currency"], facts.get("account_currency")
    columns = [Column("Description", weight=3), Column(currency.upper(), "right")]
    if other:
        columns.append(Column(other.upper(), "right"))

    def row(title: str, amount: int, account_amount: int | None) -> tuple[str, ...]:
        cells = [title, format_amount(amount, currency)]
        if other:
            cells.append(format_amount(account_amount or 0, other))
        return tuple(cells)

    theirs = facts.get("account_amounts", {})
    amounts = facts["amounts"]
    return Table(
        columns=tuple(columns),
        rows=tuple(
            row(title, amounts[name], theirs.get(name))
            for name, title in LINES
            if amounts[name] or name == "sales_amount"
        ),
        totals=(row("Paid out", facts["total_amount"], facts.get("account_total_amount")),),
    )


def _arrived(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    if "account_currency" not in facts:
        return []
    currency, other = facts["currency"], facts["account_currency"]
    arrived = facts["account_total_amount"]
    rate = to_major(arrived, other) / to_major(facts["total_amount"], currency)
    words = f"1 {currency.upper()} = {rate:.6f} {other.upper()}"
    return [("Arrived", f"{format_amount(arrived, other)} ({words})")]


def _party(billing: Mapping[str, Any]) -> list[str]:
    address = billing.get("address", {})
    country = address.get("country", "")
    town = " ".join(filter(None, (address.get("postal_code"), address.get("city"))))
    name = Locale("en").territories.get(country, country)
    lines = (billing.get("name"), address.get("line1"), address.get("line2"), town, name)
    return [str(line) for line in lines if line]


def _day(text: str | None) -> str:
    return f"{datetime.fromisoformat(text):%d %B %Y}" if text else "–"


def _period(period: list[str | None]) -> str:
    first, last = period
    return f"{_day(first)} to {_day(last)}" if first else "–"
