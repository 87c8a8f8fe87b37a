"""Writes which role opens and does what, for `docs/permissions.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.backoffice.permissions import written

PLACE = Path(__file__).resolve().parents[4] / "docs" / "permissions.md"


class Command(BaseCommand):
    """Prints the table; with `--write` keeps it, with `--check` says whether it is current."""

    help = "List which role of staff opens and does what."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do with the table."""
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--write", action="store_true", help="Write docs/permissions.md.")
        group.add_argument("--check", action="store_true", help="Fail if it is out of date.")

    def handle(self, *args: Any, write: bool, check: bool, **options: Any) -> None:
        """Build it and do so."""
        text = written()
        if write:
            PLACE.write_text(text)
        elif check and (not PLACE.exists() or PLACE.read_text() != text):
            raise CommandError("docs/permissions.md is out of date: list_permissions --write.")
        elif not check:
            self.stdout.write(text, ending="")
