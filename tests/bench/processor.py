"""
What a request costs a web process: milliseconds of its processor, and statements.

Unlike a load this says the same on a busy machine, for waiting is not counted, and it says where
to look when a load has become slower. `python -m tests.bench.processor` measures it alone, in a
database of its own; `BENCH_PROFILE=40` adds the forty functions that most of it goes to,
`BENCH_STATEMENTS=1` the statements.
"""

from __future__ import annotations

import cProfile
import gc
import os
import pstats
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from tests.bench import goals, report

if TYPE_CHECKING:
    from tests.bench.calls import Call

WARM_UP_CALLS: Final = 30
BATCHES: Final = 5
# Processor seconds.
BATCH_SECONDS: Final = float(os.environ.get("BENCH_PROCESSOR_SECONDS", "0.3"))
PROFILED: Final = int(os.environ.get("BENCH_PROFILE", "0"))


def measure(asked: Mapping[goals.Target, Sequence[Call]]) -> list[report.Row]:
    """Two rows for each target; asks through the application of this process."""
    from config.wsgi import application

    rows = []
    for target, calls in asked.items():
        milliseconds, statements = _cost(application, calls)
        facts = (("processor time", milliseconds, "ms"), ("statements", statements, ""))
        rows += [
            report.Row(f"{target.name}: {name}", None, value, unit, None, None, None)
            for name, value, unit in facts
        ]
    return rows


def _cost(application: Any, calls: Sequence[Call]) -> tuple[float, float]:
    number = 0
    for _ in range(WARM_UP_CALLS):
        _ask(application, calls[number % len(calls)])
        number += 1
    statements = _statements(application, calls[number % len(calls)])
    gc.collect()
    gc.freeze()
    # By the processor's clock, or whoever waits longest seems to be at fault.
    profile = cProfile.Profile(time.process_time) if PROFILED else None
    means = []
    for _ in range(BATCHES):
        done, used = 0, 0.0
        while used < BATCH_SECONDS:
            environ = calls[number % len(calls)].environ()
            number += 1
            started = time.process_time()
            if profile:
                profile.enable()
            _answer(application, environ)
            if profile:
                profile.disable()
            used += time.process_time() - started
            done += 1
        means.append(1000 * used / done)
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(PROFILED)
        pstats.Stats(profile).sort_stats("cumulative").print_stats(PROFILED)
    return median(means), statements


def _statements(application: Any, call: Call) -> float:
    from django.db import connection

    found: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        found.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        _ask(application, call)
    if os.environ.get("BENCH_STATEMENTS"):
        print(*found, "", sep="\n")
    return float(len(found))


def _ask(application: Any, call: Call) -> None:
    _answer(application, call.environ())


def _answer(application: Any, environ: dict[str, Any]) -> None:
    statuses: list[str] = []
    answer = application(environ, lambda status, headers: statuses.append(status))
    body = b"".join(answer)
    answer.close()
    if not statuses[0].startswith(("200", "201")):
        raise SystemExit(f"{environ['PATH_INFO']}: {statuses[0]} {body[:300]!r}")


def main() -> None:
    """Measure and print."""
    from tests.bench import __main__ as whole
    from tests.bench import server

    os.environ.update(server.without_limits())
    with ExitStack() as stack:
        url = whole.own_database(stack)
        asked = whole.seeded(url)
        found = {row.name: row.value for row in measure(asked)}
    for target in asked:
        cost, statements = (
            found[f"{target.name}: processor time"],
            found[f"{target.name}: statements"],
        )
        print(f"{target.name:46} {cost:8.2f} ms {statements:4.0f} statements")


if __name__ == "__main__":
    main()
