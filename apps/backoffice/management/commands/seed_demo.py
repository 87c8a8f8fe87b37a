"""`./manage.py seed_demo`: the demo world, beside a running system."""

from typing import Any

from apps.backoffice.demo import (
    closing_line,
    seed_business,
    seed_disputes,
    seed_sales,
    seed_world,
)
from apps.backoffice.management.sandbox import SandboxCommand
from apps.core.origin import Door, system_origin
from config import services


class Command(SandboxCommand):
    """Build what is missing of the demo world; sales need the processes of `make up`."""

    help = "Build what is missing of the demo world beside a running system."

    def handle(self, *args: Any, **options: Any) -> None:
        """Logins, merchant and sales."""
        self.require_sandbox()
        with services.running():
            origin = system_origin(Door.COMMAND)
            seed_world(origin=origin)
            self.stdout.write(f"Demo sales made: {seed_sales(origin=origin)}")
            self.stdout.write(f"Disputes of the demo: {seed_disputes(origin=origin)}")
            if (run := seed_business()) is not None:
                self.stdout.write(closing_line(run))
