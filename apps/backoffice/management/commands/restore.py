"""`./manage.py restore`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.backoffice.backups import BackupInvalid, BackupRefused, restore_backup
from apps.backoffice.backups.postgres import ProgramFailed
from config import services


class Command(BaseCommand):
    """Restores a backup into an empty database, and compares all balances."""

    help = "Restore a backup; the system must be stopped."
    # There may be no tables yet.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one, and over what."""
        parser.add_argument("folder", help="What `backup` has written.")
        parser.add_argument(
            "--replace", action="store_true", help="Drop what the database holds now."
        )

    def handle(self, *args: Any, folder: str, replace: bool, **options: Any) -> None:
        """Restore it."""
        try:
            with services.running():
                manifest = restore_backup(Path(folder).expanduser().resolve(), replace=replace)
        except (BackupInvalid, BackupRefused, ProgramFailed, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored the backup of {manifest.made_at}: {manifest.account_count} accounts,"
            f" balances {manifest.balances[:16]} as backed up."
            " Run `migrate` if this release is newer."
        )
