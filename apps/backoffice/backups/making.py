"""Making a backup of a running system."""

from __future__ import annotations

import os
import shutil
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from apps.backoffice.backups import files, postgres
from apps.backoffice.backups.manifest import (
    DATABASE,
    FILES,
    FORMAT,
    PROBE,
    BackupRefused,
    Manifest,
    part_of,
)
from apps.core.sealing import seal
from apps.ledger.selectors import balances_digest
from config.env import ROOT


def make_backup(folder: Path, *, at: datetime) -> Manifest:
    """
    Write a backup to `folder`, which must not exist; what was written when it is complete.

    The dump and the hash of the balances are of one snapshot, whatever is sold meanwhile. Files are
    copied after it, so that each one which the database knows of is there.

    :raises BackupRefused: the folder exists.
    :raises ProgramFailed: `pg_dump` fails; then nothing is left behind.
    """
    if folder.exists():
        raise BackupRefused(f"{folder} exists.")
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    try:
        manifest = _write(partial, at)
        os.replace(partial, folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return manifest


def _write(folder: Path, at: datetime) -> Manifest:
    digest, count, migrations = _dump(folder / DATABASE)
    parts = [part_of(folder, folder / DATABASE)]
    for name in files.stored_names():
        target = folder / FILES / name
        if files.copy_out(name, target):
            parts.append(part_of(folder, target))
    server: Any = connection
    manifest = Manifest(
        format=FORMAT,
        made_at=at.isoformat(),
        environment=settings.COMPTROLLER_ENV,
        version=_version(),
        postgres=".".join(map(str, divmod(server.pg_version, 10_000))),
        migrations=migrations,
        balances=digest,
        account_count=count,
        probe=seal("readable", place=PROBE),
        parts=tuple(parts),
    )
    manifest.write(folder)
    return manifest


def _dump(path: Path) -> tuple[str, int, dict[str, str]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        digest, count = balances_digest()
        migrations = last_migrations()
        postgres.run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={path}")
    return digest, count, migrations


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def last_migrations() -> dict[str, str]:
    """The last migration of each app that is applied."""
    rows = MigrationRecorder.Migration.objects.order_by("app", "name")
    return {str(app): str(name) for app, name in rows.values_list("app", "name")}
