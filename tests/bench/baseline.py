"""
What was reached before: `make bench-baseline` keeps it, `make bench-check` compares with it.

Kept are ratios, which travel from machine to machine, and memory. A ratio has worsened when it is
less than two thirds of what was kept, memory when it is more than four thirds: below that it is
noise. What seems worse is measured again before it counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.bench.goals import GOAL_CONCURRENCY
from tests.bench.report import Row

PATH: Final = Path(__file__).with_name("baseline.json")
ALLOWED: Final = 1 / 3


def kept(path: Path = PATH) -> dict[str, float]:
    """What is kept, by the name of the row."""
    found: dict[str, float] = json.loads(path.read_text())
    return found


def keep(rows: Iterable[Row], path: Path = PATH) -> None:
    """Keep these from now on; what was not measured this time stays."""
    old = kept(path) if path.exists() else {}
    new = old | {row.name: round(_value(row), 6) for row in rows if _is_comparable(row)}
    path.write_text(json.dumps(dict(sorted(new.items())), indent=2) + "\n")


def worse(rows: Iterable[Row], before: Mapping[str, float]) -> list[Row]:
    """Those that are worse than before by more than a third."""
    return [row for row in rows if _is_comparable(row) and _is_worse(row, before.get(row.name))]


def better_of(first: Sequence[Row], again: Iterable[Row]) -> list[Row]:
    """The rows, each as good as it was in one of the two."""
    second = {(row.name, row.concurrency): row for row in again}
    chosen = []
    for row in first:
        other = second.get((row.name, row.concurrency), row)
        is_better = _value(other) > _value(row) if row.is_rate else _value(other) < _value(row)
        chosen.append(other if is_better else row)
    return chosen


def complaint(row: Row, before: Mapping[str, float]) -> str:
    """How much worse it is, in words."""
    change = _value(row) / before[row.name] - 1
    return f"{row.name}: {_value(row):.6g} instead of {before[row.name]:.6g} ({change:+.0%})"


def _is_comparable(row: Row) -> bool:
    if row.is_rate:
        return row.ratio is not None and row.concurrency in (None, GOAL_CONCURRENCY, 2)
    return row.unit == "MB"


def _value(row: Row) -> float:
    return row.ratio if row.is_rate and row.ratio is not None else row.value


def _is_worse(row: Row, before: float | None) -> bool:
    if before is None:
        return False
    if row.is_rate:
        return _value(row) < before * (1 - ALLOWED)
    return _value(row) > before * (1 + ALLOWED)
