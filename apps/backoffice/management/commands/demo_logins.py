"""`./manage.py demo_logins`."""

from typing import Any

from apps.backoffice.demo.logins import demo_logins
from apps.backoffice.management.sandbox import SandboxCommand


class Command(SandboxCommand):
    """Print the staff logins of the demo."""

    help = "Print the staff logins of the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per role."""
        self.require_sandbox()
        for login in demo_logins():
            self.stdout.write(f"{login.role:<9}{login.email:<30}{login.password}")
