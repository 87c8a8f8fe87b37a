"""The rows of a run as a table, as JSON and as a page of the documentation."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.goals import GOAL_CONCURRENCY


@dataclass(frozen=True, slots=True)
class Row:
    """
    One figure.

    Renewals per second have their part of `pgbench` (TPC-B) as `ratio`, and a goal of their own
    unit. For requests per second `reference_value` is what the reference system's ratio comes to on
    this machine, `ratio` and `goal` are parts of `pgbench -S`. For all others `ratio` is that of
    the value to the reference and `goal` is in the row's own unit, the less the better.
    """

    name: str
    concurrency: int | None
    value: float
    unit: str
    reference_value: float | None
    ratio: float | None
    goal: float | None

    @property
    def is_rate(self) -> bool:
        """More is better."""
        return self.unit in ("req/s", "1/s", "tx/s")

    @property
    def verdict(self) -> str:
        """Whether the goal was reached and the reference beaten."""
        is_compared = self.unit == "1/s" or self.concurrency in (None, GOAL_CONCURRENCY)
        if self.goal is None or not is_compared:
            return self._beside_reference()
        if self.unit == "1/s":
            # Its ratio is to the writes of pgbench, its goal in its own unit.
            return "goal" if self.value >= self.goal else ""
        reached = (
            self.ratio >= self.goal if self.is_rate and self.ratio else self.value <= self.goal
        )
        return "goal" if reached else self._beside_reference()

    def _beside_reference(self) -> str:
        if self.reference_value is None:
            return ""
        better = self.value >= self.reference_value
        return "above reference" if better == self.is_rate else "BELOW REFERENCE"


HEAD = ("what", "conc.", "value", "unit", "reference", "ratio", "goal", "")


def lines(rows: Sequence[Row]) -> list[str]:
    """The table, in Markdown that is also readable as it is."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    drawn = [
        "| "
        + " | ".join(
            cell.ljust(width) if column in (0, 3, 7) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in cells
    ]
    rule = "|" + "|".join(
        "-" * (width + 2) if column in (0, 3, 7) else "-" * (width + 1) + ":"
        for column, width in enumerate(widths)
    )
    return [drawn[0], rule + "|", *drawn[1:]]


def _cells(row: Row) -> tuple[str, ...]:
    def ratio(value: float | None) -> str:
        return "" if value is None else f"{value:.3%}" if row.is_rate else f"{value:.2f}"

    is_part = row.unit == "req/s"
    goal = ratio(row.goal) if is_part else "" if row.goal is None else f"{row.goal:g}"
    return (
        row.name,
        "" if row.concurrency is None else str(row.concurrency),
        f"{row.value:.1f}",
        row.unit,
        "" if row.reference_value is None else f"{row.reference_value:.1f}",
        ratio(row.ratio),
        goal,
        row.verdict,
    )


def machine(postgres: str, load: float) -> str:
    """What it ran on, and how busy that was with other things before."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024 // 1024
    return (
        f"{os.cpu_count()} cores ({model}), {memory} GB, Linux {platform.release()}, "
        f"Python {platform.python_version()}, PostgreSQL {postgres}; "
        "web, PostgreSQL, Valkey and the load generator share the cores; "
        f"load average {load:.1f} before the run, which ought to be near 0"
    )


def write_json(path: str, rows: Sequence[Row]) -> None:
    """The rows, for programs."""
    Path(path).write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")


PAGE = """# Performance

Written by `make bench` on {day}. Absolute figures do not travel between machines; the ratio
to `pgbench -S -M simple` with 8 clients on the same server in the same run does. Here that is
{pgbench:,.0f} a second.

Machine: {machine}.

Data: 5,000 customers with a subscription and a benefit each, 20,000 orders, 5,000 refunds, 20
products and 4 plans, a million
licence keys. Two gunicorn
workers, keep-alive connections,
median of {rounds} rounds of {seconds:g} s a cell. A goal holds at concurrency 8. *Reference* is
what the ratio of the reference system comes to on this machine; for a plain customer its uncached
customer state stands in. The same request moves by up to 60 % between rounds on a shared machine:
differences under a factor of 1.6 say nothing.

{table}

Renewals: two worker processes take them up by the scheduler's own claims; their ratio is to
`pgbench` (TPC-B) in the same run, the goal 100,000 an hour. What is in one, and where its time
goes: [the cost of a renewal](algorithms/cost_of_a_renewal.md).

Entries are posted by eight processes, each in a transaction of its own; no row of an account
changes by it, so that one busy account costs little more than many. The ratio of the checks is to
one plain sum over the same transfers. `python -m tests.bench.ledger` measures both alone,
`BENCH_SALES` (five transfers each) makes them fewer.

A validation of a licence key is one read and one committed write, spread over 2,000 keys.
How it is done: [licence keys](algorithms/license_keys.md).

`BENCH_JSON=file make bench` writes the rows as JSON; `BENCH_ROUNDS` and `BENCH_SECONDS` change
the length of a run, `BENCH_PAGE=` leaves this page alone. `BENCH_RENEWALS`, `BENCH_DUE_FEW`,
`BENCH_DUE_MANY` and `BENCH_DUE_CROWD` make the renewals fewer, `BENCH_LICENSE_KEYS` the keys,
`BENCH_CUSTOMERS` those who are searched, `BENCH_ROWS` the rows behind the lists.

## A part of it

`BENCH_ONLY=validate make bench` measures what has that in its name and leaves the rest: a kind of
request (`orders`, `customer`, `checkouts`), or one of `renewals`, `ledger`, `webhooks`, `search`
and `admin lists`. All but the first are programs of their own too, as
`python -m tests.bench.search`.

## Worse than before

`make bench-check` compares with `tests/bench/baseline.json` and fails where a ratio is less than
two thirds of what it was, or memory more than four thirds. What seems worse is measured again
first, and the better of the two counts. `make bench-baseline` keeps what is measured now; both
know `BENCH_ONLY`.

*Processor time* is what a request costs a process alone, waiting not counted, so that it says the
same on a busy machine: `python -m tests.bench.processor`, with `BENCH_PROFILE=40` for where it
goes and `BENCH_STATEMENTS=1` for the statements.

## Lists of the backoffice

Every table has a hundred thousand rows more, made from those of a few sales. Each list is looked
at as it opens, on its 20th and last page, with every filter, sorted by its first columns both
ways, and searched; the time is that of the whole answer in one process, database included.
`python -m tests.bench.admin_lists` prints every address, `BENCH_LISTS=payout` those of some.
"""


def write_page(
    path: Path, rows: Sequence[Row], *, machine: str, pgbench: float, rounds: int, seconds: float
) -> None:
    """The run as a page of the documentation."""
    path.write_text(
        PAGE.format(
            day=datetime.now(UTC).date().isoformat(),
            pgbench=pgbench,
            machine=machine,
            rounds=rounds,
            seconds=seconds,
            table="\n".join(lines(rows)),
        )
    )
