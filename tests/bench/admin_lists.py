"""
What a page of each list of the backoffice takes, with a hundred thousand rows in every table.

`python -m tests.bench.admin_lists` measures this alone, in a database of its own, and prints every
address; `BENCH_ROWS` says how many rows there are, `BENCH_LISTS=payout` which lists are looked at.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, Final
from urllib.parse import quote

from tests.bench import database, report

ROWS: Final = int(os.environ.get("BENCH_ROWS", "100000"))
LISTS: Final = os.environ.get("BENCH_LISTS", "")
# Each merchant has one row of everything; more are made of these.
SALES: Final = 5
LOOKS: Final = 3
GOAL_MS: Final = 300.0
GOAL_STATEMENTS: Final = 20
SHOWN: Final = 5
TERMS: Final = ("buyer-12", "Merchant 3", "nothing that there is")


@dataclass(frozen=True, slots=True)
class Looked:
    """One address: milliseconds in the process, database included, and statements."""

    name: str
    address: str
    milliseconds: float
    statements: int


def measure(url: str) -> list[report.Row]:
    """The rows of the table, in a database that has its tables."""
    return rows_of(looked(url))


def rows_of(found: Sequence[Looked]) -> list[report.Row]:
    """Over all addresses, and of the lists that take longest."""
    by_name: dict[str, list[float]] = {}
    for one in found:
        by_name.setdefault(one.name, []).append(one.milliseconds)
    slowest = sorted(((_p95(times), name) for name, times in by_name.items()), reverse=True)
    most = max(found, key=lambda one: one.statements)
    return [
        _row("admin lists: p95", _p95([one.milliseconds for one in found]), "ms", GOAL_MS),
        _row("admin lists: most statements", most.statements, "statements", GOAL_STATEMENTS),
        *(_row(f"admin list of {name}: p95", p95, "ms", GOAL_MS) for p95, name in slowest[:SHOWN]),
    ]


def looked(url: str) -> list[Looked]:
    """Every address of every list."""
    _seed(url)
    client = _staff()
    found = []
    for name, address in _addresses(client):
        client.get(address)
        found.append(_look(client, name, address))
    return found


def _row(name: str, value: float, unit: str, goal: float) -> report.Row:
    return report.Row(name, None, value, unit, None, None, goal)


def _p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def _seed(url: str) -> None:
    from django.db import connections

    from tests.backoffice.world import make_sale
    from tests.bench import crowds

    for number in range(1, SALES + 1):
        make_sale(number)
    filled = crowds.fill(url, ROWS)
    if few := sorted(table for table, count in filled.items() if count < ROWS):
        print(f"Few by nature: {', '.join(few)}", flush=True)
    database.settle(url)
    connections.close_all()


def _staff() -> Any:
    from django.test import Client

    from apps.accounts.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.create_user("bench-lists@example.com", staff_role="admin"))
    return client


def _addresses(client: Any) -> Iterator[tuple[str, str]]:
    """Of each list: as it opens, later pages, every filter, the first columns sorted, searches."""
    from tests.backoffice.addresses import list_of, name_of, record_admins

    for one in record_admins():
        name, address = name_of(one), list_of(one)
        if LISTS not in name:
            continue
        yield name, address
        listing = client.get(address).context_data["listing"]
        if listing is None:
            continue
        last = listing.paginator.num_pages
        for page in {20, last} - {1}:
            if page <= last:
                yield name, f"{address}?p={page}"
        for spec in listing.filter_specs:
            choices = [one["query_string"] for one in spec.choices(listing)][1:4]
            yield from ((name, address + choice) for choice in choices)
        for number in (1, 2, 3):
            yield from ((name, f"{address}?o={sign}{number}") for sign in ("", "-"))
        if one.search_fields:
            yield from ((name, f"{address}?q={quote(term)}") for term in TERMS)


def _look(client: Any, name: str, address: str) -> Looked:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - started) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return Looked(name, address, median(times), len(captured))


def main() -> None:
    """Measure and print."""
    from tests.bench import __main__ as whole

    with ExitStack() as stack:
        url = whole.emptied(whole.own_database(stack))
        started = time.perf_counter()
        found = looked(url)
        for one in sorted(found, key=lambda one: one.milliseconds):
            print(f"{one.milliseconds:8.1f} ms {one.statements:3} {one.address}")
        print(f"In {time.perf_counter() - started:.0f} s, seeding included.")
        print("\n".join(report.lines(rows_of(found))))
        from django.db import connections

        connections.close_all()


if __name__ == "__main__":
    main()
