"""Due transitions: what happens later by the sandbox's clock, one job at a time."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .errors import ApiError

if TYPE_CHECKING:
    from .call import Call
    from .runtime import Runtime

Obj = dict[str, Any]
Job = Callable[["Call", str], None]
logger = logging.getLogger("stripesim")
JOBS: dict[str, Job] = {}


def job(function: Job) -> Job:
    """Register a transition under its name; it gets a call and the id of its subject."""
    JOBS[function.__name__] = function
    return function


class Scheduler:
    """Runs due jobs, by itself or as the clock is advanced."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the thread."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            time.sleep(0.1)
            try:
                self.run_due(self._runtime.clock.now())
            except Exception:
                logger.exception("a scheduled transition failed")

    def run_due(self, until: int) -> int:
        """Run every job due by `until`; the number that ran."""
        ran = 0
        with self._lock:
            while self._next_due(until) is not None:
                ran += self._run_next(until)
        return ran

    def advance(self, to: int) -> int:
        """Move the clock forward to `to`, stopping at each due job on the way."""
        clock = self._runtime.clock
        frozen = clock.frozen_at is not None
        ran = 0
        with self._lock:
            while (due := self._next_due(to)) is not None:
                if due > clock.now():
                    clock.set(due)
                ran += self._run_next(clock.now())
            clock.set(to, frozen=frozen)
        return ran

    def _next_due(self, until: int) -> int | None:
        row = (
            self._runtime.store.reader()
            .execute("SELECT due FROM jobs WHERE due <= ? ORDER BY due, seq LIMIT 1", (until,))
            .fetchone()
        )
        return None if row is None else int(row[0])

    def _run_next(self, now: int) -> int:
        from .call import Call

        with self._runtime.store.writing() as unit:
            rows = unit.select(
                "SELECT seq, account, name, subject FROM jobs WHERE due <= ?"
                " ORDER BY due, seq LIMIT 1",
                now,
            )
            if not rows:
                return 0
            seq, account, name, subject = rows[0]
            call = Call(self._runtime, unit, account, now)
            try:
                JOBS[name](call, subject)
                call.run_later()
            except ApiError as error:
                logger.warning("%s of %s: %s", name, subject, error)
                unit.rollback()
            unit.execute("DELETE FROM jobs WHERE seq = ?", seq)
            unit.commit()
        return 1
