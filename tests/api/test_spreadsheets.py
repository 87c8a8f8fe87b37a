"""CSV that a spreadsheet opens without running any of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.api.spreadsheets import csv_lines, safe_cell


@pytest.mark.parametrize(
    ("text", "cell"),
    [(None, ""), ("Ada", "Ada"), ("=SUM(A1)", "'=SUM(A1)"), ("-1", "'-1"), ("@a", "'@a")],
)
def test_marks_what_looks_like_a_formula(text: str | None, cell: str) -> None:
    assert safe_cell(text) == cell


def test_gives_a_line_as_soon_as_its_row_is_there() -> None:
    taken: list[int] = []

    def rows() -> Iterator[tuple[int, str]]:
        for number in range(3):
            taken.append(number)
            yield (number, "a,b")

    lines = csv_lines(("N", "Text"), rows())

    assert next(lines) == "N,Text\r\n"
    assert next(lines) == '0,"a,b"\r\n'
    assert taken == [0]
