"""What only a sandbox needs: paying without a browser, and a clock that can be moved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import requests
from django.conf import settings

from apps.processors.gateway.client import plain, writing
from apps.processors.gateway.facts import MethodFacts
from apps.processors.gateway.reading import method_of, moment

# Renewed as long as a clock run goes on; ends by itself when the process dies.
HOLD_SECONDS: Final = 60


def create_card_token(*, key: str, method: str) -> str:
    """
    What the payment form would send for a test card, such as `pm_card_visa`.

    The same `key` again returns the same token. Live keys are refused by the processor.
    Raises as `gateway.client.writing`.
    """
    with writing() as stripe:
        token = stripe.v1.test_helpers.confirmation_tokens.create(
            {"payment_method": method}, {"idempotency_key": key}
        )
    return token.id


def attach_test_card(*, key: str, customer_id: str, card: str) -> MethodFacts:
    """
    Save a test card, such as `pm_card_visa`, for a customer of the processor.

    Raises as `gateway.client.writing`.
    """
    params: Any = {"customer": customer_id}
    with writing() as stripe:
        attached = stripe.v1.payment_methods.attach(card, params, {"idempotency_key": key})
    return method_of(plain(attached))


def open_ready_account(*, id: str, country: str, currency: str, name: str) -> str | None:
    """
    A connected account of the sandbox that takes money already, as if its holder had filled it in.

    The second time it is the same. None where the processor is no such sandbox.
    """
    body = {"id": id, "country": country, "currency": currency, "name": name}
    answer = _ask_sandbox("POST", "accounts", body)
    return str(answer["id"]) if isinstance(answer, dict) and "id" in answer else None


@dataclass(slots=True)
class SandboxClock:
    """The sandbox Stripe's own clock; `now` is None where the processor is no such sandbox."""

    now: datetime | None

    @classmethod
    def read(cls) -> SandboxClock:
        """The clock as it stands; of a processor that has none, or does not answer, it is None."""
        return cls(_clock_of(_ask_sandbox("GET", "clock", None)))

    def advance(self, to: datetime) -> None:
        """Move it forward to `to`, with all that happens on the way; it never goes back."""
        if self.now is None or to <= self.now:
            return
        seconds = math.ceil((to - self.now).total_seconds())
        self.now = _clock_of(_ask_sandbox("POST", "clock/advance", {"seconds": seconds}))

    def set_back(self, to: datetime) -> None:
        """Let it show `to`, before now too; only while nothing has happened at the processor."""
        if self.now is not None:
            body = {"now": math.floor(to.timestamp())}
            self.now = _clock_of(_ask_sandbox("POST", "clock/set", body))

    def return_to_present(self) -> None:
        """Let it show the machine's time again, nothing happening on the way."""
        if self.now is not None:
            self.now = _clock_of(_ask_sandbox("POST", "clock/set", {}))

    def hold_news(self) -> None:
        """
        Have events of what we cause ourselves come later, for a minute or until `release_news`.

        We know it from the answers; events would only race with those.
        """
        if self.now is not None:
            _ask_sandbox("POST", "deliveries/hold", {"seconds": HOLD_SECONDS})

    def release_news(self) -> None:
        """Have all events come again."""
        if self.now is not None:
            _ask_sandbox("POST", "deliveries/release", {})


def _ask_sandbox(method: str, path: str, body: dict[str, Any] | None) -> Any:
    session = requests.Session()
    session.trust_env = False
    try:
        answer = session.request(
            method, f"{settings.STRIPE_API_BASE}/_sim/{path}", json=body, timeout=(5, 120)
        )
        return answer.json() if answer.ok else None
    except (requests.RequestException, ValueError):
        return None


def _clock_of(answer: Any) -> datetime | None:
    return moment(answer["now"]) if isinstance(answer, dict) and "now" in answer else None
