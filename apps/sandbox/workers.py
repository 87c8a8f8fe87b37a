"""Threads: some that work, keeping their database connections, and one that gives signs of life."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections

Work = Callable[[], None]
Run = Callable[[Iterable[Work]], None]


@contextmanager
def heartbeat(beat: Work, *, seconds: float) -> Iterator[None]:
    """Call `beat` in a thread of its own every so many seconds, for the length of the block."""
    is_over = threading.Event()

    def run() -> None:
        while not is_over.wait(seconds):
            try:
                beat()
            finally:
                connections.close_all()

    thread = threading.Thread(target=run, name="clock-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@contextmanager
def workers(count: int) -> Iterator[Run]:
    """
    A function that does several pieces of work at once and returns when all are done.

    An error of a piece is raised, after the others have ended.
    """
    pool = ThreadPoolExecutor(count, thread_name_prefix="clock")

    def run(pieces: Iterable[Work]) -> None:
        futures = [pool.submit(piece) for piece in pieces]
        for future in futures:
            future.exception()
        for future in futures:
            future.result()

    together = threading.Barrier(count)

    def hang_up() -> None:
        # Each thread takes exactly one of these, since none goes on before all have come.
        together.wait(timeout=30)
        connections.close_all()

    try:
        yield run
    finally:
        run([hang_up] * count)
        pool.shutdown()
