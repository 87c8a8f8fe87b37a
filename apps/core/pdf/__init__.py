"""
A4 documents as PDF: titles, facts, tables, paragraphs and pictures.

A document is a value; rendering it reads nothing but the value, so equal documents give equal
bytes. Text may be in any script: what no font has a glyph for is drawn as a replacement sign.

The libraries behind it take a fifth of the memory of a web process, most of which never draw. They
are loaded at the first document.
"""

from __future__ import annotations

from collections.abc import Iterable

from apps.core.pdf.blocks import (
    Block,
    Column,
    Document,
    Facts,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Table,
)
from apps.core.pdf.errors import UnreadablePdf

__all__ = [
    "Block",
    "Column",
    "Document",
    "Facts",
    "Heading",
    "PageBreak",
    "Paragraph",
    "Picture",
    "Table",
    "UnreadablePdf",
    "merge",
    "page_count",
    "render",
]


def render(document: Document) -> bytes:
    """The document as a PDF; equal documents give equal bytes."""
    from apps.core.pdf import drawing

    return drawing.render(document)


def merge(contents: Iterable[bytes]) -> bytes:
    """
    The pages of all PDFs, in the order given; equal input gives equal bytes.

    :raises UnreadablePdf: if one of them cannot be read.
    """
    from apps.core.pdf import merging

    return merging.merge(contents)


def page_count(content: bytes) -> int:
    """
    How many pages the PDF has.

    :raises UnreadablePdf: if it cannot be read, or is encrypted.
    """
    from apps.core.pdf import merging

    return merging.page_count(content)
