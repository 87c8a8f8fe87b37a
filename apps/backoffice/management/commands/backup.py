"""`./manage.py backup`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.backoffice.backups import BackupRefused, make_backup
from apps.backoffice.backups.postgres import ProgramFailed
from apps.core.clock import system_time
from config import services


class Command(BaseCommand):
    """Backs up database and files while the system runs, and prints the folder."""

    help = "Back up the database and all stored files to a new folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("folder", nargs="?", help="A new folder; else one under DATA_DIR.")

    def handle(self, *args: Any, folder: str | None, **options: Any) -> None:
        """Make it."""
        at = system_time()
        usual = Path(settings.DATA_DIR) / "backups" / f"{at:%Y-%m-%dT%H-%M-%S}"
        target = Path(folder).expanduser().resolve() if folder else usual
        try:
            with services.running():
                manifest = make_backup(target, at=at)
        except (BackupRefused, ProgramFailed, OSError) as error:
            raise CommandError(str(error)) from error
        size = sum(part.size for part in manifest.parts)
        self.stdout.write(
            f"{target}: {len(manifest.parts) - 1} files, {size / 1e6:.1f} MB,"
            f" {manifest.account_count} accounts, balances {manifest.balances[:16]}"
        )
