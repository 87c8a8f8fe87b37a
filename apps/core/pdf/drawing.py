"""From a document to the bytes of its PDF."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from fpdf import FPDF
from fpdf.enums import Align as FpdfAlign
from fpdf.enums import TableBordersLayout, TextDirection, VAlign
from fpdf.fonts import FontFace
from PIL import Image

from apps.core.pdf import fonts
from apps.core.pdf.blocks import (
    Block,
    Document,
    Facts,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Table,
)

_FAMILY: Final = "text"
# Millimetres and points.
_MARGIN: Final = 18.0
_FOOT: Final = 20.0
_LINE: Final = 5.0
_SIZE: Final = 9.5
_SMALL: Final = 8.0
_GREY: Final = (100, 105, 115)
_PALE: Final = (243, 244, 246)
_RULE: Final = (205, 208, 214)
_SCREEN_DOTS_PER_MM: Final = 96 / 25.4
# What is written from right to left, or turns what follows about.
_TURNING: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "RLI", "LRI", "FSI"})


def render(document: Document) -> bytes:
    """The document as a PDF; equal documents give equal bytes."""
    with TemporaryDirectory() as folder:
        page = _Page(document)
        page.load_fonts(Path(folder))
        page.draw()
        return bytes(page.output())


class _Page(FPDF):
    """A4, upright, with the document's foot on every page."""

    def __init__(self, document: Document) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.document = document
        self.set_margin(_MARGIN)
        self.set_auto_page_break(True, margin=_FOOT)
        self.set_creation_date(document.created_at)
        self.set_title(fonts.cleaned(document.title))

    def load_fonts(self, folder: Path) -> None:
        """Cut the fonts that the document needs, and make them known."""
        texts = [fonts.cleaned(text) for text in self.document.texts()]
        others = []
        for number, (path, signs) in enumerate(fonts.font_files(texts)):
            family = _FAMILY if number == 0 else f"other{number}"
            cut = fonts.cut_font(path, signs)
            for style, weight in fonts.WEIGHTS.items():
                file = folder / f"{family}{style}.ttf"
                file.write_bytes(fonts.static_font(cut, weight))
                self.add_font(family, style, file)
            others += [family] if number else []
        self.set_fallback_fonts(others, exact_match=False)
        self.set_font(_FAMILY, "", _SIZE)
        self.set_text_shaping(True)

    def draw(self) -> None:
        """Everything, from the title to the last block."""
        self.add_page()
        self._draw_title()
        for block in self.document.blocks:
            self._draw_block(block)

    def footer(self) -> None:
        """The foot of a page, which the library asks for."""
        self.set_y(-_FOOT + 6)
        self.set_font(_FAMILY, "", _SMALL)
        self.set_text_color(*_GREY)
        width = self.epw / 2
        top = self.get_y()
        self.cell(width, _LINE, _shortened(self, fonts.cleaned(self.document.footer), width))
        self.set_xy(_MARGIN + width, top)
        self.cell(width, _LINE, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(0)
        self.set_font(_FAMILY, "", _SIZE)

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Any:
        """
        The text in its runs of one direction, by which the library begins to set a line.

        It looks for them letter by letter, each a call within the last: text of one direction, or
        with too many signs in a row that have none, is left in the order in which it is written.
        """
        is_plain = not any(unicodedata.bidirectional(sign) in _TURNING for sign in text)
        if not is_plain:
            try:
                return super()._preload_bidirectional_text(text, markdown)
            except RecursionError:
                pass
        for whose in ("paragraph_direction", "fragment_direction"):
            (self.text_shaping or {})[whose] = TextDirection.LTR
        return self._preload_font_styles(text, markdown)

    def _draw_title(self) -> None:
        top = self.get_y()
        sender = self.document.sender
        width = self.epw * 0.6 if sender else self.epw
        self._write(self.document.title, width, size=17, style="B", line=8)
        if self.document.subtitle:
            self._write(self.document.subtitle, width, color=_GREY)
        bottom = self.get_y()
        if sender:
            self.set_xy(_MARGIN + width, top + 1.5)
            self._write(sender, self.epw - width, align="R")
            bottom = max(bottom, self.get_y())
        self.set_xy(_MARGIN, bottom + 3)
        self._rule()
        self.ln(4)

    def _draw_block(self, block: Block) -> None:
        match block:
            case Heading(text):
                self._keep_together(22)
                self.ln(2)
                self._write(text, size=12, style="B", line=6.5)
                self.ln(1)
            case Paragraph(text, quiet):
                size, color = (_SMALL, _GREY) if quiet else (_SIZE, None)
                self._write(text, size=size, color=color)
                self.ln(2.5)
            case Facts(rows):
                self._draw_facts(rows)
            case Table():
                self._draw_table(block)
            case Picture():
                self._draw_picture(block)
            case PageBreak():
                self.add_page()

    def _draw_facts(self, rows: tuple[tuple[str, str], ...]) -> None:
        with self.table(
            borders_layout=TableBordersLayout.NONE,
            col_widths=(3, 7),
            first_row_as_headings=False,
            line_height=_LINE,
            padding=(0.6, 0),
            text_align=FpdfAlign.L,
            v_align=VAlign.T,
        ) as table:
            for name, value in rows:
                row = table.row()
                row.cell(fonts.cleaned(name), style=FontFace(emphasis="BOLD"))
                row.cell(fonts.cleaned(value))
        self.ln(3)

    def _draw_table(self, block: Table) -> None:
        self.set_draw_color(*_RULE)
        with self.table(
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            col_widths=tuple(column.weight for column in block.columns),
            headings_style=FontFace(emphasis="BOLD", fill_color=_PALE),
            line_height=_LINE,
            padding=(1.2, 1.5),
            repeat_headings=1,
            v_align=VAlign.T,
            text_align=tuple(
                FpdfAlign.R if column.align == "right" else FpdfAlign.L for column in block.columns
            ),
        ) as table:
            table.row([fonts.cleaned(column.title) for column in block.columns])
            for cells in block.rows:
                table.row([fonts.cleaned(cell) for cell in cells])
            for cells in block.totals:
                table.row([fonts.cleaned(cell) for cell in cells], style=FontFace(emphasis="BOLD"))
        self.set_draw_color(0)
        self.ln(3)

    def _draw_picture(self, block: Picture) -> None:
        with Image.open(BytesIO(block.content)) as picture:
            wide, high = (side / _SCREEN_DOTS_PER_MM for side in picture.size)
        room = self.eph - (2 * _LINE if block.caption else 0)
        scale = min(1.0, self.epw / wide, room / high)
        self._keep_together(high * scale + (2 * _LINE if block.caption else 0))
        self.image(BytesIO(block.content), w=wide * scale, h=high * scale)
        if block.caption:
            self._write(block.caption, size=_SMALL, color=_GREY)
        self.ln(3)

    def _keep_together(self, height: float) -> None:
        if self.will_page_break(height) and self.get_y() > _MARGIN:
            self.add_page()

    def _rule(self) -> None:
        self.set_draw_color(*_RULE)
        self.line(_MARGIN, self.get_y(), self.w - _MARGIN, self.get_y())
        self.set_draw_color(0)

    def _write(
        self,
        text: str,
        width: float = 0,
        *,
        size: float = _SIZE,
        style: str = "",
        line: float = _LINE,
        align: str = "L",
        color: tuple[int, int, int] | None = None,
    ) -> None:
        self.set_font(_FAMILY, style, size)
        self.set_text_color(*(color or (0, 0, 0)))
        left = self.get_x()
        self.multi_cell(width, line, fonts.cleaned(text), align=align, new_x="LEFT", new_y="NEXT")
        self.set_x(left)
        self.set_text_color(0)
        self.set_font(_FAMILY, "", _SIZE)


def _shortened(page: FPDF, text: str, width: float) -> str:
    """The text, cut so that it fits into the width."""
    text = text.replace("\n", " ")
    while text and page.get_string_width(text) > width - 2:
        text = text[:-2].rstrip() + "…" if len(text) > 2 else ""
    return text
