"""The checks as staff look at them: what is broken first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from apps.core.staff.panels import page_of
from apps.invariants.models import CheckRun
from apps.invariants.registry import Area, Check
from apps.invariants.selectors import CheckState, check_states
from apps.invariants.words import subject_link

_ORDER = {"broken": 0, "failed": 1, "new": 2, "ok": 3}
# As many counterexamples as fit beside a check; the rest is on the page of its run.
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A check with its last run; `state` is that run's outcome, or `new` before the first."""

    check: Check
    state: str
    run: CheckRun | None
    run_url: str
    examples: Sequence[tuple[SafeString, str]]
    more_count: int
    repair_url: str


class Choice(NamedTuple):
    """One way to narrow the lines: the query of its address, and whether it is the present one."""

    title: str
    query: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class InvariantBoard:
    """The lines asked for, and what else can be asked for."""

    lines: Sequence[Line]
    states: Sequence[Choice]
    areas: Sequence[Choice]
    area: str
    last_at: datetime | None


def invariant_board(*, area: str = "", state: str = "") -> InvariantBoard:
    """All checks, or those of an area or in a state. One query."""
    found = check_states()
    lines = [_line(one) for one in found]
    shown = [
        line
        for line in lines
        if (not area or line.check.area == area) and (not state or line.state == state)
    ]
    counts = Counter(line.state for line in lines)
    titles = {"": "All", "broken": "Broken", "failed": "Not found out", "ok": "Hold"}
    if counts["new"]:
        titles["new"] = "Never ran"
    return InvariantBoard(
        lines=sorted(shown, key=lambda line: (_ORDER[line.state], line.check.name)),
        states=[
            Choice(
                f"{title} {counts[key] if key else len(lines)}",
                urlencode({"state": key, "area": area}),
                key == state,
            )
            for key, title in titles.items()
        ],
        areas=[
            Choice(name or "all", urlencode({"state": state, "area": name}), name == area)
            for name in ("", *(one.value for one in Area))
        ],
        area=area,
        last_at=max((one.run.started_at for one in found if one.run), default=None),
    )


def _line(found: CheckState) -> Line:
    check, run = found.check, found.run
    examples = run.examples[:SHOWN] if run else []
    return Line(
        check=check,
        state=run.outcome if run else "new",
        run=run,
        run_url=page_of(run) if run else "",
        examples=[(subject_link(check.subject, key), detail) for key, detail in examples],
        more_count=run.count - len(examples) if run else 0,
        repair_url=_address(check.repair_page),
    )


def _address(page: str) -> str:
    """The admin page of that name; nothing where this installation has none."""
    if not page:
        return ""
    try:
        return reverse(f"admin:{page}")
    except NoReverseMatch:
        return ""
