"""What the commands of the sandbox have in common."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class SandboxCommand(BaseCommand):
    """A command that exists in the sandbox only."""

    # Most of them work before the first migration, or print one line and nothing else.
    requires_system_checks = []

    def require_sandbox(self) -> None:
        """
        Pass in the sandbox.

        :raises CommandError: elsewhere.
        """
        if not settings.SANDBOX:
            raise CommandError("This command exists in the sandbox only.")
