"""CSV and XLSX row by row: however long a file is, a row at a time is held."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import IO, Any, Final
from zipfile import BadZipFile

from apps.license_keys.transfer.columns import Cells, column_of, understand

MAX_COLUMNS: Final = 100


class Unreadable(Exception):
    """The file is not what its name says, or lacks a column that must be there."""


class Table:
    """A file of keys: `unknown` titles are known at once, `rows` come as they are read."""

    def __init__(self, name: str, content: IO[bytes]) -> None:
        """
        Read the titles.

        :raises Unreadable: if there are none, or none of a key, an e-mail, a product or benefit.
        """
        is_sheet = name.lower().endswith(".xlsx")
        self._lines = _sheet(content) if is_sheet else _text(content)
        titles = next(self._lines, None)
        if titles is None:
            raise Unreadable("The file is empty.")
        words = [str(title or "").strip() for title in titles][:MAX_COLUMNS]
        self._columns = [column_of(word) for word in words]
        self.unknown = [
            word[:100]
            for word, column in zip(words, self._columns, strict=True)
            if word and column is None
        ]
        for needed in ({"key"}, {"email"}, {"product", "benefit"}):
            if not needed & set(self._columns):
                raise Unreadable(f"There is no column {' or '.join(sorted(needed))}.")

    def rows(self) -> Iterator[Cells]:
        """
        Each row that is not blank, counted from 2 as a spreadsheet shows it.

        :raises Unreadable: where the file breaks off.
        """
        for number, line in enumerate(self._lines, 2):
            if any(cell not in (None, "") for cell in line):
                yield understand(number, self._named(line))

    def _named(self, line: Sequence[Any]) -> dict[str, Any]:
        pairs = zip(self._columns, line, strict=False)
        return {column: cell for column, cell in pairs if column is not None}


def _text(content: IO[bytes]) -> Iterator[Sequence[Any]]:
    text = io.TextIOWrapper(content, encoding="utf-8-sig", newline="")
    try:
        first = text.readline()
        delimiter = max(",;\t", key=first.count)
        yield from csv.reader(_with_first(first, text), delimiter=delimiter, strict=True)
    except UnicodeDecodeError:
        raise Unreadable("The file is not in UTF-8.") from None
    except csv.Error as error:
        raise Unreadable(f"The file is no CSV: {error}.") from None


def _with_first(first: str, rest: Iterable[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _sheet(content: IO[bytes]) -> Iterator[Sequence[Any]]:
    # Loaded here for the memory of all the processes that never read one.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(content, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError):
        raise Unreadable("The file is no XLSX workbook.") from None
    with closing(book):
        sheet: Any = book.worksheets[0] if book.worksheets else None
        if sheet is not None:
            yield from sheet.iter_rows(values_only=True)
