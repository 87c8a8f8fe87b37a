"""The web process as it is deployed: gunicorn on the test's database and a broker of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.stripesim import StripeSim, free_port
from tests.support.workers import ROOT, database_url


def process_environment(redis_url: str, sim: StripeSim | None = None) -> dict[str, str]:
    """What a process needs to be part of the test's system."""
    found = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    if sim is not None:
        for name in ("API", "FILES", "CONNECT", "METER_EVENTS"):
            found[f"STRIPE_{name}_BASE"] = sim.url
    return found


@contextmanager
def web(
    redis_url: str, *, log: Path, sim: StripeSim | None = None, **environment: str
) -> Iterator[str]:
    """Where it listens; it answers when the block begins and is gone when it ends."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"],
            cwd=ROOT,
            env={
                **process_environment(redis_url, sim),
                "HOST": "127.0.0.1",
                "PORT": str(port),
                **environment,
            },
            stdout=output,
            stderr=output,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz/live", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.1)
