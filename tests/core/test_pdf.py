"""Documents as PDF: their content, their pages, and that equal input gives equal bytes."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from apps.core import pdf
from apps.core.pdf import fonts

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
LEDGER = pdf.Table(
    (pdf.Column("Date"), pdf.Column("What", weight=3), pdf.Column("Amount", align="right")),
    tuple(("2 January", f"Line {number}", f"${number}.00") for number in range(90)),
    totals=(("", "Total", "$4,005.00"),),
)


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(content)).pages]


def of(*blocks: pdf.Block, title: str = "Statement") -> pdf.Document:
    return pdf.Document(title, AT, blocks, footer="Acme")


def picture(width: int, height: int) -> bytes:
    content = BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(content, "PNG")
    return content.getvalue()


class TestRender:
    def test_writes_every_block(self):
        facts = pdf.Facts((("Customer", "Ada Lovelace"), ("Country", "GB")))
        said = pdf.Paragraph("First line\nsecond line")
        (page,) = pages(pdf.render(of(pdf.Heading("Facts"), facts, said)))
        lines = page.splitlines()
        assert lines[:2] == ["Statement", "Facts"]
        assert "Customer Ada Lovelace" in page.replace("\n", " ")
        assert lines[-2] == "second line" or "second line" in lines

    def test_repeats_the_header_and_counts_the_pages(self):
        found = pages(pdf.render(of(LEDGER)))
        assert len(found) == 3
        assert all("Amount" in page for page in found)
        assert [f"{number} / 3" in page for number, page in enumerate(found, 1)] == [True] * 3
        assert "$4,005.00" in found[-1]

    def test_is_a4_and_carries_the_date_it_was_given(self):
        read = PdfReader(BytesIO(pdf.render(of())))
        assert [round(float(side)) for side in read.pages[0].mediabox[2:]] == [595, 842]
        assert read.metadata is not None
        assert read.metadata.creation_date == AT

    def test_gives_equal_bytes_in_another_process_too(self):
        script = (
            "from datetime import UTC, datetime\nfrom hashlib import sha256\n"
            "from apps.core import pdf\n"
            "blocks = (pdf.Paragraph('Žofie 株式会社 مرحبا'),)\n"
            "made = pdf.render(pdf.Document('T', datetime(2026, 1, 2, tzinfo=UTC), blocks))\n"
            "print(sha256(made).hexdigest())"
        )
        there = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
        at = datetime(2026, 1, 2, tzinfo=UTC)
        here = pdf.render(pdf.Document("T", at, (pdf.Paragraph("Žofie 株式会社 مرحبا"),)))
        assert there.stdout.decode().strip() == sha256(here).hexdigest()

    @pytest.mark.parametrize(
        "name", ["Žofie Ünïcode", "Γιώργος", "Жук", "株式会社", "김철수", "ישראל", "ไทย", "😀"]
    )
    def test_sets_names_in_any_script(self, name):
        assert fonts.cleaned(name) == name
        (page,) = pages(pdf.render(of(pdf.Paragraph(name))))
        assert set(name) <= set(page)

    def test_shows_a_replacement_for_what_cannot_be_set(self):
        odd = pdf.Paragraph("a\ud800b\x07c\U000e1234d")
        (page,) = pages(pdf.render(of(odd)))
        assert "a�b�c�d" in page

    def test_leaves_out_signs_without_a_shape(self):
        assert fonts.cleaned("I\U000e0105 it") == "I it"

    def test_fits_a_picture_to_the_page(self):
        wide = pdf.render(of(pdf.Picture(picture(4000, 500), "Wide")))
        high = pdf.render(of(pdf.Picture(picture(300, 9000), "High")))
        assert [len(pages(wide)), len(pages(high))] == [1, 2]


class TestMerge:
    def test_puts_all_pages_behind_each_other(self):
        one, other = pdf.render(of(title="One")), pdf.render(of(LEDGER, title="Other"))
        merged = pdf.merge([one, other])
        assert [page.split("\n")[0] for page in pages(merged)[:2]] == ["One", "Other"]
        assert pdf.page_count(merged) == 4
        assert pdf.merge([one, other]) == merged

    def test_refuses_what_is_no_pdf(self):
        with pytest.raises(pdf.UnreadablePdf):
            pdf.merge([b"%PDF-1.4 and then nothing"])
        with pytest.raises(pdf.UnreadablePdf):
            pdf.page_count(b"")
