"""What a document is made of, as values without a layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Align = Literal["left", "right"]


@dataclass(frozen=True)
class Heading:
    """The title of a section; it stays on the page of what follows it."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text; line breaks in it are kept. A quiet one is smaller and grey."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Facts:
    """A list of names and values, the names in bold in a column of their own."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """A column of a table; `weight` is its share of the width beside the others."""

    title: str
    align: Align = "left"
    weight: int = 1


@dataclass(frozen=True)
class Table:
    """
    Rows under a header that is repeated on every page.

    :ivar rows: cells as text, as many in each row as there are columns.
    :ivar totals: closing rows, set in bold under a line.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Picture:
    """A PNG or JPEG, never larger than the page and never enlarged beyond 96 dots an inch."""

    content: bytes
    caption: str = ""


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a page of its own."""


Block = Heading | Paragraph | Facts | Table | Picture | PageBreak


@dataclass(frozen=True)
class Document:
    """
    A whole document.

    :ivar created_at: stands in the file's own properties; given, so that equal input gives
        equal bytes.
    :ivar subtitle: lines under the title, such as a number and a date.
    :ivar sender: lines at the right of the title, such as a name and an address.
    :ivar footer: stands at the left of every page's foot, beside the page's number.
    """

    title: str
    created_at: datetime
    blocks: tuple[Block, ...] = ()
    subtitle: str = ""
    sender: str = ""
    footer: str = ""

    def texts(self) -> Iterator[str]:
        """Every text of the document, in no particular order."""
        yield from (self.title, self.subtitle, self.sender, self.footer)
        for block in self.blocks:
            yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading(text) | Paragraph(text):
            yield text
        case Facts(rows):
            for name, value in rows:
                yield from (name, value)
        case Table(columns, rows, totals):
            yield from (column.title for column in columns)
            for row in (*rows, *totals):
                yield from row
        case Picture(caption=caption):
            yield caption
        case PageBreak():
            return
