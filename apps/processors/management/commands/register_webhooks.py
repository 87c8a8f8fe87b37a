"""Register our endpoint with the payment processor."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from apps.core.errors import DomainError
from apps.core.origin import Door, system_origin
from apps.processors.errors import OutcomeUnknown, ProcessorUnavailable
from apps.processors.operations import ensure_webhook_endpoint

PAUSE_SECONDS = 0.5


class Command(BaseCommand):
    """`manage.py register_webhooks`; run again, it changes nothing."""

    help = "See that the payment processor sends its events to this installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and how patiently."""
        parser.add_argument("--url", default=f"{settings.BASE_URL}{reverse('stripe-webhook')}")
        parser.add_argument(
            "--wait", type=float, default=0, help="Seconds to wait for a processor that starts."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Register, and say where."""
        attempts = 1 + int(options["wait"] / PAUSE_SECONDS)
        for attempt in range(1, attempts + 1):
            try:
                for url, is_connect in (
                    (options["url"], False),
                    (f"{options['url']}/connect", True),
                ):
                    ensure_webhook_endpoint(
                        url=url, is_connect=is_connect, origin=system_origin(Door.COMMAND)
                    )
            except (ProcessorUnavailable, OutcomeUnknown) as error:
                if attempt == attempts:
                    raise CommandError(error.detail) from error
                time.sleep(PAUSE_SECONDS)
            except DomainError as error:
                raise CommandError(error.detail) from error
            else:
                break
        self.stdout.write(f"Provider events go to {options['url']}")

    def _register(self, url: str) -> None:
        origin = system_origin(Door.COMMAND)
        ensure_webhook_endpoint(url=url, origin=origin)
        # What happens in the accounts of merchants comes by itself.
        ensure_webhook_endpoint(url=f"{url}/connect", is_connect=True, origin=origin)
