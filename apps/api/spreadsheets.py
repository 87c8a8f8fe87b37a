"""Tables as CSV, as spreadsheets open them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from apps.core.money import exponent

# A spreadsheet would run a cell that begins so.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The header and one line per row, each as it comes."""
    writer: Any = csv.writer(_Line())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow(row)


def safe_cell(text: str | None) -> str:
    """The text, marked as such where a spreadsheet would take it for a formula; empty for None."""
    value = text or ""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def money_cell(amount: int, currency: str) -> str:
    """Minor units in the major units of the currency: 1234 is 12.34 usd and 1234 jpy."""
    digits = exponent(currency)
    if digits == 0:
        return str(amount)
    whole, rest = divmod(abs(amount), 10**digits)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:0{digits}d}"
