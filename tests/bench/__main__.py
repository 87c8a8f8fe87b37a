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
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.bench import baseline, database, goals, report, server
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
    """
    Do all of it; the exit code says whether any row is slower than the reference.

    With `--check` it says whether any is worse than what was kept, with `--keep` that is kept which
    is measured now; neither writes the page.
    """
    os.chdir(ROOT)
    before = baseline.kept() if "--check" in sys.argv else {}
    load = os.getloadavg()[0]
    os.environ.update(server.without_limits())
    with ExitStack() as stack:
        bench_url = own_database(stack)
        rows, pgbench = _requests(bench_url, before)
        for name, measured in PARTS.items():
            if _is_wanted(name):
                print(f"{name.capitalize()} …", flush=True)
                rows += measured(bench_url)
        machine = report.machine(database.version(bench_url), load)
    print("\n".join(["", machine, "", *report.lines(rows)]))
    if path := os.environ.get("BENCH_JSON"):
        report.write_json(path, rows)
    if "--keep" in sys.argv:
        baseline.keep(rows)
    if "--check" in sys.argv:
        complaints = [baseline.complaint(row, before) for row in baseline.worse(rows, before)]
        sys.exit("\n".join(["Worse than the baseline:", *complaints]) if complaints else 0)
    if PAGE and not sys.argv[1:]:
        report.write_page(
            Path(PAGE), rows, machine=machine, pgbench=pgbench, rounds=ROUNDS, seconds=SECONDS
        )
    sys.exit(any(row.verdict == "BELOW REFERENCE" for row in rows))


def _is_wanted(part: str) -> bool:
    # A check compares ratios, which searches and lists have none of.
    is_left_out = "--check" in sys.argv and part in ALONE and not ONLY
    return ONLY in part and not is_left_out


def _requests(url: str, before: Mapping[str, float]) -> tuple[list[report.Row], float]:
    """The rows of the API and `pgbench`; what seems worse than `before` is measured again."""
    is_any = any(ONLY in target.name for target in goals.TARGETS)
    if not is_any and not _is_any_together():
        return [], 0.0
    asked = seeded(url)
    database.prepare_pgbench(url)
    database.settle(url)
    if not asked:
        return [], 0.0
    requests = {target: [call.wire() for call in calls] for target, calls in asked.items()}
    with server.running(ROOT) as running:
        rows, pgbench = _measure(url, running, requests)
        if doubtful := {row.name for row in baseline.worse(rows, before)}:
            print(f"Again: {', '.join(sorted(doubtful))}", flush=True)
            again = {one: load for one, load in requests.items() if one.name in doubtful}
            rows = baseline.better_of(rows, _measure(url, running, again)[0])
    from tests.bench import processor

    print("Processor …", flush=True)
    return rows + processor.measure(asked), pgbench


def _is_any_together() -> bool:
    return any(_is_wanted(part) for part in PARTS if part not in ALONE)


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


def _seconds() -> int:
    return max(2, round(SECONDS))


def _renewals(url: str) -> list[report.Row]:
    from tests.bench import renewals

    return renewals.measure(url, _seconds())


def _ledger(url: str) -> list[report.Row]:
    from tests.bench import ledger

    return ledger.measure(url, _seconds())


def _webhooks(url: str) -> list[report.Row]:
    from tests.bench import webhooks

    return webhooks.measure(url, _seconds())


def _search(url: str) -> list[report.Row]:
    from tests.bench import search

    return search.measure(emptied(url))


def _admin_lists(url: str) -> list[report.Row]:
    from tests.bench import admin_lists

    return admin_lists.measure(emptied(url))


PARTS: Mapping[str, Callable[[str], list[report.Row]]] = {
    "renewals": _renewals,
    "ledger": _ledger,
    "webhooks": _webhooks,
    "search": _search,
    "admin lists": _admin_lists,
}
# These begin with an empty database.
ALONE = ("search", "admin lists")


def emptied(url: str) -> str:
    """The same database, as new; its tables are there."""
    if "django" in sys.modules:
        from django.db import connections

        connections.close_all()
    database.create(url)
    migrate()
    from django.contrib.contenttypes.models import ContentType

    ContentType.objects.clear_cache()
    return url


def own_database(stack: ExitStack) -> str:
    """The address of a database for this run alone, which goes when the stack does."""
    url = _server(stack)
    bench_url = database.create(url)
    stack.callback(database.drop, url)
    os.environ["DATABASE_URL"] = bench_url
    return bench_url


def migrate() -> None:
    """Have Django in this process, and its tables in the database of the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def seeded(url: str) -> dict[goals.Target, Sequence[Call]]:
    """What is asked, after the database has been filled."""
    started = time.perf_counter()
    migrate()
    from django.db import connections

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
