"""`make up` from outside: the launcher with services, processes and a demo world of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
import redis

from config.services import valkey_socket
from tests.architecture.sources import ROOT

# Each test starts whole systems, beside the rest of the suite.
pytestmark = pytest.mark.timeout(400)

PATIENCE_SECONDS = 120
# What the suite sets for itself and a shell would not have.
INHERITED = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "TEST_DB_NAME")


@dataclass
class Running:
    """One `make up`."""

    process: subprocess.Popen[str]
    log: Path
    data: Path
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """Where the web process listens."""
        return f"http://127.0.0.1:{self.environment['PORT']}"

    def wait_for(self, text: str, *, seconds: float = PATIENCE_SECONDS) -> str:
        """What was printed, once `text` is in it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            printed = self.log.read_text()
            if text in printed:
                return printed
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        pytest.fail(f"{text!r} was not printed:\n{self.log.read_text()}")

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One management command beside it."""
        return subprocess.run(
            [str(ROOT / "manage.py"), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def stop(self) -> None:
        """Ctrl-C, which is no failure."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=60) == 0, self.log.read_text()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, log: Path, **ports: int) -> Running:
    """Start the launcher as `make up` does."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in INHERITED and not name.endswith("_KEY_PREFIX")
    }
    chosen = {"PORT": free_port(), "STRIPESIM_PORT": free_port(), **ports}
    environment = {
        **kept,
        **{name: str(port) for name, port in chosen.items()},
        "DATA_DIR": str(data),
        "PYTHONWARNINGS": "default",
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.launcher", "up"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    return Running(process, log, data, environment)


@pytest.fixture(scope="module")
def system() -> Iterator[Running]:
    """A first start on an empty data folder."""
    # Not pytest's own folder: as root, PostgreSQL runs as a user who may not look into that.
    with TemporaryDirectory(prefix="comptroller-") as name:
        folder = Path(name)
        running = start(folder / "data", folder / "first.log")
        yield running
        if running.process.poll() is None:
            running.stop()


def wait_for_sales(system: Running) -> None:
    """Until nine buyers of the demo have paid; four more orders came with imported keys."""
    token = system.manage("sandbox_token", "--organization", "demo").stdout.strip()
    deadline = time.monotonic() + PATIENCE_SECONDS
    with httpx.Client(
        base_url=system.url, headers={"Authorization": f"Bearer {token}"}, timeout=30
    ) as client:
        while time.monotonic() < deadline:
            orders = client.get("/v1/orders/").json()
            if orders["pagination"]["total_count"] == 13:
                # One of them is disputed, and lost.
                assert {order["status"] for order in orders["items"]} <= {"paid", "refunded"}
                return
            time.sleep(0.5)
    pytest.fail(f"The demo sales were not paid:\n{system.log.read_text()}")


class TestUp:
    def test_prints_addresses_and_logins_then_sells_and_stops_cleanly(
        self, system: Running, tmp_path: Path
    ) -> None:
        table = system.wait_for("Login admin")
        assert httpx.get(f"{system.url}/healthz").status_code == 200
        checkout = re.search(r"Checkout example\s+(\S+)", table)
        assert checkout is not None
        assert httpx.get(checkout.group(1)).status_code == 200

        token = system.manage("sandbox_token", "--organization", "demo").stdout
        assert re.fullmatch(r"polar_oat_\w+\n", token), token
        assert system.manage("demo_logins").stdout.split()[-1] in table
        assert "no organization" in system.manage("sandbox_token", "--organization", "x").stderr

        wait_for_sales(system)
        system.wait_for("has lived through two years", seconds=300)
        self._assert_there_is_a_business(system)

        second = start(tmp_path / "data", tmp_path / "log", PORT=int(system.environment["PORT"]))
        assert second.process.wait(timeout=30) != 0
        assert f"Port {system.environment['PORT']}" in second.log.read_text()

        system.stop()
        self._assert_nothing_is_left(system)

    def _assert_there_is_a_business(self, system: Running) -> None:
        """Two years old, with subscriptions of every kind, sound books, and time goes on."""
        token = system.manage("sandbox_token", "--organization", "longshore").stdout.strip()
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=system.url, headers=headers, timeout=30) as client:
            listed = client.get("/v1/subscriptions/", params={"limit": 100}).json()
            codes = client.get("/v1/discounts/").json()["items"]
        statuses = {row["status"] for row in listed["items"]}
        assert {"active", "canceled", "trialing"} <= statuses
        assert listed["pagination"]["total_count"] > 50
        assert all(code["redemptions_count"] for code in codes)
        assert "broken" not in system.manage("check_books").stdout
        line = system.manage("advance_clock", "--organization", "longshore", "--days", "3").stdout
        assert line.startswith("longshore: clock at ")

    def _assert_nothing_is_left(self, system: Running) -> None:
        assert not (system.data / "postgres" / "postmaster.pid").exists()
        with pytest.raises(redis.ConnectionError):
            redis.Redis(unix_socket_path=str(valkey_socket(system.data))).ping()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(system.environment["PORT"]))) != 0


class TestSecondStart:
    def test_is_quick_and_keeps_all_data(self, system: Running, tmp_path: Path) -> None:
        system.wait_for("Login admin")
        if system.process.poll() is None:
            wait_for_sales(system)
            system.stop()
        logins = system.manage("demo_logins").stdout
        began = time.monotonic()
        again = start(system.data, tmp_path / "log")
        try:
            table = again.wait_for("Login admin")
            took = time.monotonic() - began
            assert logins.split()[-1] in table
            wait_for_sales(again)
        finally:
            again.stop()
        # Ten seconds on a machine of one's own; the rest of the suite runs beside this.
        assert took < 30
