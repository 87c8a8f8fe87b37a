"""Tables of licence keys as CSV, line by line, and as XLSX, row by row into a file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryDirectory
from typing import Any

from apps.api.spreadsheets import csv_lines, safe_cell

CHUNK = 256 * 1024


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A header and a line for each row; what a spreadsheet would run is marked as text."""
    return csv_lines(columns, ([_cell(value) for value in row] for row in rows))


def xlsx_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The same as a workbook, in pieces; it grows on the disk, not in memory."""
    # Loaded here for the memory of all the processes that never write one.
    from openpyxl import Workbook

    with TemporaryDirectory() as folder:
        place = os.path.join(folder, "keys.xlsx")
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Licence keys")
        sheet.append(list(columns))
        for row in rows:
            sheet.append([_cell(value) for value in row])
        book.save(place)
        with open(place, "rb") as written:
            while chunk := written.read(CHUNK):
                yield chunk


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_cell(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
