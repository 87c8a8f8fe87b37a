"""Run by `make up` beside the processes: prepares the sandbox and shows where everything is."""

import time
import urllib.error
import urllib.request
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from apps.backoffice.demo import (
    closing_line,
    demo_inbox_url,
    example_checkout_url,
    example_link_url,
    seed_business,
    seed_disputes,
    seed_sales,
    seed_world,
)
from apps.backoffice.demo.logins import demo_logins
from apps.core.origin import Door, system_origin

PATIENCE_SECONDS = 60


class Command(BaseCommand):
    """Wait until all is well, build the demo world if it is not there, print the addresses."""

    help = "Prepare the sandbox of a running system and print its addresses."

    def handle(self, *args: Any, **options: Any) -> None:
        """The table first; the sales and two years of a business, which take a moment, after it."""
        self._wait_until_well()
        if not settings.SANDBOX:
            self._print([("Backoffice", f"{settings.BASE_URL}/backoffice/")])
            return
        self._register_webhooks()
        origin = system_origin(Door.COMMAND)
        seed_world(origin=origin)
        self._print(self._rows())
        if self._has_sandbox_stripe():
            seed_sales(origin=origin)
            if (run := seed_business()) is not None:
                self.stdout.write(closing_line(run))
                self.stdout.flush()
            # What the processor tells of them is held back while the business lives.
            seed_disputes(origin=origin)

    def _register_webhooks(self) -> None:
        try:
            call_command("register_webhooks", wait=PATIENCE_SECONDS, stdout=StringIO())
        except CommandError as error:
            # Stripe itself cannot reach a loopback address; everything else still works.
            self.stderr.write(f"The processor will not send events here: {error}")

    def _has_sandbox_stripe(self) -> bool:
        return urlsplit(settings.STRIPE_API_BASE).hostname in ("127.0.0.1", "localhost", "::1")

    def _wait_until_well(self) -> None:
        # The port is ours whatever address the outside world reaches it by.
        host = "127.0.0.1" if settings.HOST in ("", "0.0.0.0", "::") else settings.HOST  # noqa: S104
        address = f"http://{f'[{host}]' if ':' in host else host}:{settings.PORT}/healthz"
        deadline = time.monotonic() + PATIENCE_SECONDS
        told = "no answer"
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(address, timeout=5):
                    return
            except urllib.error.HTTPError as answer:
                told = answer.read().decode()
            except OSError as error:
                told = str(error)
            time.sleep(0.2)
        raise CommandError(f"The system is not well, says {address}: {told}")

    def _rows(self) -> list[tuple[str, str]]:
        base = settings.BASE_URL
        rows = [
            ("Backoffice", f"{base}/backoffice/"),
            ("Documentation", f"{base}/docs"),
            ("API", f"{base}/v1/   reference: {base}/docs/reference"),
            ("Checkout example", example_checkout_url(origin=system_origin(Door.COMMAND))),
            ("Checkout link", example_link_url() or "withdrawn"),
            ("Webhook inbox", demo_inbox_url()),
            ("API token", "./manage.py sandbox_token --organization demo"),
        ]
        if self._has_sandbox_stripe():
            rows.insert(-1, ("Sandbox Stripe", f"{settings.STRIPE_API_BASE}/_sim/"))
        return rows + [
            (f"Login {login.role}", f"{login.email}   {login.password}") for login in demo_logins()
        ]

    def _print(self, rows: list[tuple[str, str]]) -> None:
        width = max(len(name) for name, _ in rows)
        lines = [f"  {name:<{width}}  {value}" for name, value in rows]
        rule = "─" * max(len(line) for line in lines)
        self.stdout.write("\n".join(["", rule, *lines, rule, ""]))
        self.stdout.flush()
