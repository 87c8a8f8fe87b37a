"""`make reset`: an empty sandbox."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import CommandParser
from django.db import connection

from apps.backoffice.demo.logins import forget_logins
from apps.backoffice.management.sandbox import SandboxCommand
from config import services
from config.launcher import require_free_ports


class Command(SandboxCommand):
    """Drop everything the sandbox holds, after asking."""

    help = "Drop everything the sandbox holds, after asking."

    def add_arguments(self, parser: CommandParser) -> None:
        """A way around the question, for scripts."""
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        """Empty the database, the cache and the sandbox Stripe."""
        self.require_sandbox()
        # A running system would go on with a database that is gone.
        require_free_ports()
        with services.running():
            name = connection.settings_dict["NAME"]
            if yes or self._agreed(name):
                self._drop()
                self.stdout.write("Done. The next `make up` builds the demo world anew.")

    def _agreed(self, database: str) -> bool:
        self.stdout.write(
            f"This drops everything in the database {database!r}, the cache,"
            f" and the sandbox Stripe of {settings.DATA_DIR}."
        )
        try:
            return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
        except EOFError:
            return False

    def _drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connection.close()
        cache.clear()
        for path in Path(settings.DATA_DIR).glob("stripesim.sqlite3*"):
            path.unlink()
        forget_logins()
