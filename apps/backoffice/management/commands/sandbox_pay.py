"""`./manage.py sandbox_pay http://127.0.0.1:8000/checkout/polar_c_…`."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from django.core.management.base import CommandError, CommandParser

from apps.backoffice.management.sandbox import SandboxCommand
from apps.checkouts.models import Checkout
from apps.checkouts.operations import confirm_checkout
from apps.core.errors import DomainError
from apps.core.origin import Door, system_origin
from apps.processors.gateway.sandbox import create_card_token
from config import services

# The demo may be living through its two years beside it.
PATIENCE_SECONDS = 120


class Command(SandboxCommand):
    """Pay a checkout as its buyer would on the page, and wait for the outcome."""

    help = "Pay an open checkout with a test card, as its buyer would."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which checkout, who pays, with what."""
        parser.add_argument("checkout", help="The address of its page, or its client secret.")
        parser.add_argument("--email", default="buyer@example.com", help="The buyer's address.")
        parser.add_argument("--card", default="pm_card_visa", help="A test card of Stripe.")

    def handle(self, *args: Any, checkout: str, email: str, card: str, **options: Any) -> None:
        """One line: how the checkout ended."""
        self.require_sandbox()
        secret = checkout.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        with services.running():
            found = Checkout.objects.filter(client_secret=secret).first()
            if found is None:
                raise CommandError(f"There is no checkout {secret!r}.")
            try:
                self._pay(found, email, card)
            except DomainError as error:
                raise CommandError(error.detail) from error
            self.stdout.write(f"The checkout has {self._outcome(found)}.")

    def _pay(self, checkout: Checkout, email: str, card: str) -> None:
        buyer = {
            "customer_email": checkout.customer_email or email,
            "customer_name": checkout.customer_name or "Robin Buyer",
            "customer_billing_address": checkout.customer_billing_address
            or {"country": "DE", "line1": "Lindenweg 4", "postal_code": "20095", "city": "Hamburg"},
        }
        token = create_card_token(key=f"sandbox_pay:{uuid4()}", method=card)
        confirm_checkout(
            checkout_id=checkout.pk,
            changes=buyer,
            confirmation_token_id=token,
            origin=system_origin(Door.COMMAND, clock_offset=checkout.organization.clock_offset),
        )

    def _outcome(self, checkout: Checkout) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            checkout.refresh_from_db()
            if checkout.status != Checkout.Status.CONFIRMED:
                return str(checkout.status)
            time.sleep(0.25)
        raise CommandError("The payment is still under way: is a worker running?")
