"""A real Celery worker: a process of its own, on the test's database and a broker of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).parents[2]
QUEUES = "high,medium,low,webhooks,sandbox"


def database_url() -> str:
    """The test database, as another process names it."""
    options = connection.get_connection_params()
    known = ("dbname", "user", "password", "host", "port")
    return make_conninfo("", **{name: options[name] for name in known if options.get(name)})


@contextmanager
def worker(
    redis_url: str, *, log: Path, pool: str = "prefork", **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that is ready when the block begins and gone when it ends."""
    options = ["worker", "-Q", QUEUES, "--pool", pool, "--concurrency", "2"]
    options += ["--without-mingle", "--without-gossip"]
    with _celery(redis_url, *options, log=log, **environment) as process:
        eventually(
            lambda: " ready." in log.read_text() or process.poll() is not None,
            what=log.read_text,
        )
        assert process.poll() is None, log.read_text()
        yield process


@contextmanager
def beat(redis_url: str, *, log: Path, tick: int = 1) -> Iterator[subprocess.Popen[bytes]]:
    """A beat that ticks every `tick` seconds until the block ends."""
    options = ["beat", "--pidfile", ""]
    with _celery(redis_url, *options, log=log, SCHEDULE_TICK_SECONDS=str(tick)) as process:
        yield process


@contextmanager
def _celery(
    redis_url: str, *arguments: str, log: Path, **changes: str
) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **changes,
    }
    command = [sys.executable, "-m", "celery", "-A", "tests.support.probes", *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--loglevel", "INFO"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def eventually(
    condition: Callable[[], bool],
    *,
    seconds: float = 30,
    what: Callable[[], str] = lambda: "",
) -> None:
    """Wait until `condition` holds; fail with `what()` if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"It did not happen within {seconds} s. {what()}")
        time.sleep(0.1)
