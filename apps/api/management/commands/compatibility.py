"""`./manage.py compatibility`: what of the official SDK is served."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from apps.api.compatibility import as_page, compatibility

ROOT = Path(__file__).resolve().parents[4]


class Command(BaseCommand):
    """Prints the table, writes it into the documentation, or says whether that is current."""

    help = "What of the official SDK is served, by operation and version."

    def add_arguments(self, parser: CommandParser) -> None:
        """How it is wanted."""
        wanted = parser.add_mutually_exclusive_group()
        wanted.add_argument("--json", action="store_true", help="for machines")
        wanted.add_argument("--write", action="store_true", help="into docs/compatibility.md")
        wanted.add_argument("--check", action="store_true", help="fail if that page is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the table."""
        page = ROOT / "docs" / "compatibility.md"
        try:
            rows = compatibility(ROOT)
        except ModuleNotFoundError as error:
            raise CommandError(f"The SDK is not installed ({error}): run `make dev`.") from error
        if options["json"]:
            self.stdout.write(json.dumps([asdict(row) for row in rows], indent=2))
        elif options["write"]:
            page.write_text(as_page(rows), encoding="utf-8")
            self.stdout.write(f"{page.relative_to(ROOT)} is written.")
        elif options["check"]:
            if not page.exists() or page.read_text(encoding="utf-8") != as_page(rows):
                raise CommandError(
                    "docs/compatibility.md is out of date: ./manage.py compatibility --write"
                )
        else:
            self.stdout.write(as_page(rows), ending="")
