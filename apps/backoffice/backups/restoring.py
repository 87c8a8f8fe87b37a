"""Restoring a backup into a database that holds nothing, or in place of what it holds."""

from __future__ import annotations

from pathlib import Path

from django.core.cache import cache
from django.db import connection

from apps.backoffice.backups import files, postgres
from apps.backoffice.backups.manifest import (
    DATABASE,
    FILES,
    PROBE,
    BackupInvalid,
    BackupRefused,
    Manifest,
    read_manifest,
)
from apps.core.origin import Door, system_origin
from apps.core.sealing import Unreadable, unseal
from apps.ledger.operations import forget_horizons
from apps.ledger.selectors import balances_digest


def restore_backup(folder: Path, *, replace: bool) -> Manifest:
    """
    Make database and files what they were when the backup was made.

    Everything is compared with the manifest before anything is touched, and the hash of all
    balances after it. Without `replace` nothing is overwritten; with it the database is emptied
    first, so a restore that breaks off is begun again from the same folder.

    :raises BackupInvalid: the folder is no intact backup, or the balances are not the same.
    :raises BackupRefused: the keys are others, something is there, or somebody is connected.
    :raises ProgramFailed: `pg_restore` fails; then the database is as empty as before.
    """
    manifest = read_manifest(folder)
    manifest.require_intact(folder)
    _require_keys(manifest)
    _require_free(replace=replace)
    if replace:
        _empty()
    connection.close()
    postgres.run(
        "pg_restore",
        *("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"),
        str(folder / DATABASE),
    )
    # Transaction ids are those of the old server.
    forget_horizons(origin=system_origin(Door.COMMAND))
    for part in manifest.parts:
        if part.path.startswith(f"{FILES}/"):
            files.copy_in(folder / part.path, part.path.removeprefix(f"{FILES}/"))
    cache.clear()
    if balances_digest() != (manifest.balances, manifest.account_count):
        raise BackupInvalid("The balances are not those of the backup.")
    return manifest


def _require_keys(manifest: Manifest) -> None:
    try:
        unseal(manifest.probe, place=PROBE)
    except Unreadable as error:
        raise BackupRefused(
            "ENCRYPTION_KEYS has none of the keys that sealed the credentials in this backup."
        ) from error


def _require_free(*, replace: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        (others,) = cursor.fetchone()
    if others:
        raise BackupRefused(f"{others} others are connected to the database: stop the system.")
    if replace:
        return
    if connection.introspection.table_names():
        raise BackupRefused("The database is not empty; --replace drops what it holds.")
    if next(files.stored_names(), None) is not None:
        raise BackupRefused("There are stored files; --replace overwrites them.")


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
