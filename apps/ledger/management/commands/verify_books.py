"""`./manage.py verify_books`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.ledger.checks import verify_books


class Command(BaseCommand):
    """Derives every balance from the transfers alone; fails if anything does not agree."""

    help = "Check the ledger from its first transfer on."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what is wrong, or that nothing is."""
        findings = verify_books()
        for finding in findings:
            self.stdout.write(f"{finding.rule}: {finding.subject}: {finding.detail}")
        if findings:
            raise CommandError(f"{len(findings)} findings.")
        self.stdout.write("The books are sound.")
