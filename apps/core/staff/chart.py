"""Counts or amounts by day as bars: the geometry of a small drawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, GAP = 720, 120, 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One day; `label` tells it in words."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars in a frame of `width` by `height`; `most` is the tallest one's count."""

    bars: Sequence[Bar]
    most: int
    total: int
    first: date
    last: date
    width: int = WIDTH
    height: int = HEIGHT


def bars(counts: Sequence[tuple[date, int]], said: Callable[[int], str] = "{:,}".format) -> Chart:
    """
    A bar for each day; the tallest fills the frame, and a day with any count is seen.

    `said` puts a count into words. A day below zero has no bar.
    """
    most = max(1, *(count for _, count in counts))
    step = WIDTH / len(counts)
    drawn = []
    for position, (day, count) in enumerate(counts):
        height = max(HEIGHT * count / most, 2 if count > 0 else 0)
        drawn.append(
            Bar(
                x=round(position * step, 2),
                y=round(HEIGHT - height, 2),
                width=round(step - GAP, 2),
                height=round(height, 2),
                label=f"{day}: {said(count)}",
            )
        )
    total = sum(count for _, count in counts)
    return Chart(drawn, most, total, counts[0][0], counts[-1][0])
