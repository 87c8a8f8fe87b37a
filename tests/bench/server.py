"""The web process under test: started as in production, watched from outside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WORKERS = 2
# Nobody measures the rate limit.
NO_LIMIT = str(10**9)


@dataclass(frozen=True, slots=True)
class Server:
    """A running web process: its port, its master's id, the seconds to its first answer."""

    port: int
    pid: int
    cold_start: float

    def worker_ids(self) -> list[int]:
        """The process ids of the workers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def peak_memory(self) -> float:
        """The most megabytes that any worker has held so far."""
        return max(_memory(pid, "VmHWM") for pid in self.worker_ids())

    def memory(self) -> float:
        """The megabytes of the largest worker now."""
        return max(_memory(pid, "VmRSS") for pid in self.worker_ids())


def without_limits() -> dict[str, str]:
    """The environment of a process that lets every request pass, in a corner of Valkey."""
    return {
        "API_RATE_DEFAULT": NO_LIMIT,
        "API_RATE_ELEVATED": NO_LIMIT,
        "API_RATE_LICENSE_KEYS": NO_LIMIT,
        "API_RATE_CUSTOMER": NO_LIMIT,
        "CACHE_KEY_PREFIX": f"bench-{os.getpid()}",
        # One queue nobody reads, gone with the key prefix.
        "QUEUE_KEY_PREFIX": f"bench-{os.getpid()}-",
    }


@contextmanager
def running(root: Path) -> Iterator[Server]:
    """gunicorn with two workers on a free port, with the environment of this process."""
    port = _free_port()
    environment = {
        **os.environ,
        **without_limits(),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "WEB_WORKERS": str(WORKERS),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=root, env=environment)
    try:
        _wait_for_answer(process, port)
        yield Server(port, process.pid, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for_answer(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit("The web process ended before it answered.")
        if _answers(port):
            return
        time.sleep(0.02)
    raise SystemExit("The web process did not answer within a minute.")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(
                b"GET /healthz/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            )
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _memory(pid: int, field: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc has no {field}")
