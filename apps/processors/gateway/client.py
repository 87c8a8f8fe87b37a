"""The client: one per configuration, with timeouts, retries, and errors in our words."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe
import structlog
from django.conf import settings

from apps.processors.errors import OutcomeUnknown, PaymentError, ProcessorUnavailable
from apps.processors.gateway.reading import intent_of

log = structlog.get_logger(__name__)

# Otherwise the library writes an id of this machine into the user's configuration folder.
stripe.enable_telemetry = False

CONNECT_SECONDS = 5
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Transport(stripe.RequestsClient):
    """Remembers whether any attempt of the current call may have got through without an answer."""

    def __init__(self, *, timeout: float, is_local: bool) -> None:
        super().__init__(timeout=(min(CONNECT_SECONDS, timeout), timeout))
        self._is_local = is_local
        self.call = threading.local()

    def request(  # type: ignore[override]  # as the parent class has it
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """One attempt."""
        if self._is_local and getattr(self._thread_local, "session", None) is None:
            session = requests.Session()
            # A proxy of the environment has no business on the loopback.
            session.trust_env = False
            self._thread_local.session = session
        try:
            answer = super().request(method, url, headers, post_data)
        except stripe.APIConnectionError as error:
            if not _never_left(error):
                self.call.lost = True
            raise
        if answer[1] >= 500 or answer[1] == 409:
            self.call.lost = True
        return answer


def client() -> stripe.StripeClient:
    """The client of the present settings; its connections are kept per thread."""
    return _connected()[0]


@contextmanager
def reading() -> Iterator[stripe.StripeClient]:
    """For calls that change nothing: a lost answer is simply no answer."""
    connected, _ = _connected()
    try:
        yield connected
    except stripe.StripeError as error:
        raise _refusal(error) or _unavailable(error) from error


@contextmanager
def writing() -> Iterator[stripe.StripeClient]:
    """
    For calls that change something, made with an idempotency key.

    :raises PaymentError: the processor said no.
    :raises ProcessorUnavailable: nothing happened there.
    :raises OutcomeUnknown: it may have happened; ask again with the same key.
    """
    connected, transport = _connected()
    transport.call.lost = False
    try:
        yield connected
    except stripe.IdempotencyError as error:
        # The key stands for other facts, so something was sent under it: never a plain refusal.
        raise OutcomeUnknown("This payment is already being processed.") from error
    except stripe.StripeError as error:
        refusal = _refusal(error)
        if refusal is not None:
            raise refusal from error
        if transport.call.lost or not _turned_away(error):
            log.warning("processor_outcome_unknown", error=type(error).__name__)
            raise OutcomeUnknown from error
        raise _unavailable(error) from error


def plain(value: stripe.StripeObject) -> dict[str, Any]:
    """An answer as a dict: the library's objects are no mappings."""
    return value.to_dict()


def _refusal(error: stripe.StripeError) -> PaymentError | None:
    if not isinstance(error, stripe.CardError | stripe.InvalidRequestError):
        return None
    body = error.json_body if isinstance(error.json_body, dict) else {}
    facts = body.get("error") or {}
    intent = facts.get("payment_intent") or facts.get("setup_intent")
    return PaymentError(
        facts.get("message") or error.user_message,
        type=facts.get("type") or "invalid_request_error",
        error_code=facts.get("code"),
        decline_code=facts.get("decline_code"),
        param=facts.get("param"),
        intent=intent_of(intent) if intent else None,
    )


def _unavailable(error: stripe.StripeError) -> ProcessorUnavailable:
    log.warning("processor_unavailable", error=type(error).__name__, status=error.http_status)
    return ProcessorUnavailable()


def _turned_away(error: stripe.StripeError) -> bool:
    """Whether the processor, if it was reached at all, refused even to look at the call."""
    return isinstance(
        error,
        stripe.AuthenticationError
        | stripe.PermissionError
        | stripe.RateLimitError
        | stripe.APIConnectionError,
    )


def _never_left(error: BaseException | None) -> bool:
    """Whether the connection itself failed, so that the request cannot have been read."""
    while error is not None:
        if isinstance(error, requests.ConnectTimeout | ConnectionRefusedError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _connected() -> tuple[stripe.StripeClient, Transport]:
    return _build(
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_API_VERSION,
        settings.STRIPE_API_BASE,
        settings.STRIPE_FILES_BASE,
        settings.STRIPE_CONNECT_BASE,
        settings.STRIPE_METER_EVENTS_BASE,
        settings.STRIPE_TIMEOUT_SECONDS,
        settings.STRIPE_MAX_RETRIES,
    )


@lru_cache(maxsize=4)
def _build(
    key: str,
    version: str,
    api: str,
    files: str,
    connect: str,
    meter_events: str,
    timeout: float,
    retries: int,
) -> tuple[stripe.StripeClient, Transport]:
    transport = Transport(timeout=timeout, is_local=urlsplit(api).hostname in LOOPBACK)
    connected = stripe.StripeClient(
        key,
        stripe_version=version,
        base_addresses={
            "api": api,
            "files": files,
            "connect": connect,
            "meter_events": meter_events,
        },
        max_network_retries=retries,
        http_client=transport,
    )
    return connected, transport
