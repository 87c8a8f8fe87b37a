"""A running sandbox Stripe for tests: its own process, port and data folder."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
import stripe

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class StripeSim:
    """Where the sandbox answers, and how to steer it."""

    url: str
    secret_key: str = "sk_test_sandbox"
    publishable_key: str = "pk_test_sandbox"

    def control(self, path: str, body: Any = None, *, method: str | None = None) -> Any:
        """Call the control API: GET without a body, POST with one. The JSON answer."""
        verb = method or ("GET" if body is None else "POST")
        request = Request(
            f"{self.url}/_sim/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=verb,
        )
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def client(self, **options: Any) -> stripe.StripeClient:
        """The official library, pointed at the sandbox on all its bases."""
        stripe.enable_telemetry = False
        names = ("api", "files", "connect", "meter_events")
        bases = dict.fromkeys(names, self.url)
        return stripe.StripeClient(self.secret_key, base_addresses=bases, **options)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(folder: Path) -> tuple[StripeSim, subprocess.Popen[bytes]]:
    """Start a sandbox with its database in `folder`; it answers when this returns."""
    port = free_port()
    environment = {**os.environ, "DATA_DIR": str(folder), "STRIPESIM_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "apps.stripesim"], cwd=ROOT, env=environment)
    sim = StripeSim(f"http://127.0.0.1:{port}")
    end = time.monotonic() + 30
    while True:
        try:
            sim.control("health")
        except HTTPError:
            process.kill()
            raise
        except URLError:
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                raise
            time.sleep(0.05)
        else:
            return sim, process


@pytest.fixture(scope="module")
def stripesim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeSim]:
    """One sandbox for the tests of a module, gone when they are done."""
    sim, process = launch(tmp_path_factory.mktemp("stripesim"))
    yield sim
    stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the sandbox and wait until it is gone."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
