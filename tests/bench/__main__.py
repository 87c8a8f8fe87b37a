"""
`make bench`: seed a database, start the web process, load it, print how it did.

Uses the PostgreSQL of DATABASE_URL (in a database of its own, dropped afterwards) or an embedded
one under .data/bench. Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.bench import database, goals, report, server
from tests.bench.load import Measure, measure

if TYPE_CHECKING:
    from tests.bench.calls import Call

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
# A part of the names of what is measured; then there is no page of the whole.
ONLY = os.environ.get("BENCH_ONLY", "")
PAGE = os.environ.get("BENCH_PAGE", "" if ONLY else str(ROOT / "docs" / "performance.md"))
WARM_UP_SECONDS = 1.0

Cell = tuple[goals.Target, int]


def main() -> None:
    """Do all of it; the exit code says whether any row is slower than the reference."""
    os.chdir(ROOT)
    load = os.getloadavg()[0]
    with ExitStack() as stack:
        bench_url = own_database(stack)
        asked = seeded(bench_url)
        database.prepare_pgbench(bench_url)
        database.settle(bench_url)
        running = stack.enter_context(server.running(ROOT))
        requests = {target: [call.wire() for call in calls] for target, calls in asked.items()}
        rows, pgbench = _measure(bench_url, running, requests)
        if not ONLY:
            rows += _renewals(bench_url)
            rows += _ledger(bench_url)
            rows += _webhooks(bench_url)
        machine = report.machine(database.version(bench_url), load)
    print("\n".join(["", machine, "", *report.lines(rows)]))
    if path := os.environ.get("BENCH_JSON"):
        report.write_json(path, rows)
    if PAGE:
        report.write_page(
            Path(PAGE), rows, machine=machine, pgbench=pgbench, rounds=ROUNDS, seconds=SECONDS
        )
    sys.exit(any(row.verdict == "BELOW REFERENCE" for row in rows))


def _server(stack: ExitStack) -> str:
    """The address of PostgreSQL; an embedded one is started afresh and removed at the end."""
    data = ROOT / ".data" / "bench"
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        os.environ["DATA_DIR"] = str(data)
        stack.callback(shutil.rmtree, data, ignore_errors=True)
    from config import services

    stack.enter_context(services.running())
    if url := os.environ.get("DATABASE_URL"):
        return url
    folder = services.postgres_socket_directory()
    return f"host={folder} user=postgres dbname={services.DATABASE_NAME}"


def _renewals(url: str) -> list[report.Row]:
    from tests.bench import renewals

    print("Renewals …", flush=True)
    return renewals.measure(url, max(2, round(SECONDS)))


def _ledger(url: str) -> list[report.Row]:
    from tests.bench import ledger

    print("Ledger …", flush=True)
    return ledger.measure(url, max(2, round(SECONDS)))


def _webhooks(url: str) -> list[report.Row]:
    from tests.bench import webhooks

    print("Webhooks …", flush=True)
    return webhooks.measure(url, max(2, round(SECONDS)))


def own_database(stack: ExitStack) -> str:
    """The address of a database for this run alone, which goes when the stack does."""
    url = _server(stack)
    bench_url = database.create(url)
    stack.callback(database.drop, url)
    os.environ["DATABASE_URL"] = bench_url
    return bench_url


def seeded(url: str) -> dict[goals.Target, Sequence[Call]]:
    """What is asked, after the database has been filled."""
    started = time.perf_counter()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    from tests.bench import beside, calls, license_keys, seeding

    world = seeding.seed()
    keys = license_keys.seed(world.organization_id)
    signed_in = beside.seed(world)
    connections.close_all()
    database.settle(url)
    print(f"Seeded in {time.perf_counter() - started:.0f} s.", flush=True)
    return calls.calls(world, keys, signed_in, only=ONLY)


def _measure(
    url: str, running: server.Server, requests: Mapping[goals.Target, Sequence[bytes]]
) -> tuple[list[report.Row], float]:
    memory_at_start = running.memory()
    for load in requests.values():
        measure(running.port, load, concurrency=4, seconds=WARM_UP_SECONDS)
    selects: list[float] = []
    measures: dict[Cell, list[Measure]] = defaultdict(list)
    for number in range(ROUNDS):
        print(f"Round {number + 1} of {ROUNDS} …", flush=True)
        selects.append(database.selects_per_second(url, max(2, round(SECONDS))))
        for target, load in requests.items():
            for concurrency in goals.CONCURRENCIES:
                measures[target, concurrency].append(
                    measure(running.port, load, concurrency=concurrency, seconds=SECONDS)
                )
    pgbench = median(selects)
    rows = [report.Row("pgbench -S", database.CLIENTS, pgbench, "req/s", None, None, None)]
    rows += [_rate_row(cell, found, pgbench) for cell, found in measures.items()]
    rows += [_p99_row(cell, found) for cell, found in measures.items()]
    rows += _process_rows(running, memory_at_start)
    return rows, pgbench


def _rate_row(cell: Cell, found: Sequence[Measure], pgbench: float) -> report.Row:
    target, concurrency = cell
    value = median(one.per_second for one in found)
    return report.Row(
        name=target.name,
        concurrency=concurrency,
        value=value,
        unit="req/s",
        reference_value=target.reference_ratio and target.reference_ratio * pgbench,
        ratio=value / pgbench,
        goal=target.goal_ratio,
    )


def _p99_row(cell: Cell, found: Sequence[Measure]) -> report.Row:
    target, concurrency = cell
    value = median(one.p99 for one in found)
    is_compared = concurrency == goals.GOAL_CONCURRENCY
    reference = goals.P99_REFERENCE.get(target.name) if is_compared else None
    return report.Row(
        name=f"{target.name}: p99",
        concurrency=concurrency,
        value=value,
        unit="ms",
        reference_value=reference,
        ratio=value / reference if reference else None,
        goal=goals.P99_GOAL.get(target.name) if is_compared else None,
    )


def _process_rows(running: server.Server, memory_at_start: float) -> list[report.Row]:
    facts = (
        ("memory of a worker at the start", memory_at_start, "MB",
         goals.MEMORY_START_REFERENCE, goals.MEMORY_START_GOAL),
        ("peak memory of a worker", running.peak_memory(), "MB",
         goals.MEMORY_PEAK_REFERENCE, goals.MEMORY_PEAK_GOAL),
        ("first answer after the start", running.cold_start, "s",
         goals.COLD_START_REFERENCE, goals.COLD_START_GOAL),
    )  # fmt: skip
    return [
        report.Row(name, None, value, unit, reference, value / reference, goal)
        for name, value, unit, reference, goal in facts
    ]


if __name__ == "__main__":
    main()
