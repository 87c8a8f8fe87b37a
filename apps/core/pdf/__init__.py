"""
A4 documents as PDF: titles, facts, tables, paragraphs and pictures.

A document is a value; rendering it reads nothing but the value, so equal documents give equal
bytes. Text may be in any script: what no font has a glyph for is drawn as a replacement sign.
"""

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
from apps.core.pdf.drawing import render
from apps.core.pdf.merging import UnreadablePdf, merge, page_count

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
