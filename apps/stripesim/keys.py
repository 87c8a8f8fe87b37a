"""Who calls: the API key, and the account that the call speaks for."""

import base64
import binascii

from django.http import HttpRequest

from .errors import ApiError
from .runtime import PLATFORM, Runtime
from .wire import Raw


def api_key(request: HttpRequest, raw: Raw) -> str:
    """The key of the call, from the header or, as browsers send it, from `key`."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    scheme, _, value = header.partition(" ")
    key: str = value.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    sent = raw.pop("key", None)
    if not header and isinstance(sent, str):
        key = sent if sent.startswith("pk_") else ""
    if not key.startswith(("sk_test_", "rk_test_", "pk_test_")):
        shown = f"Invalid API Key provided: {key[:8]}****" if key else "No API key was provided."
        raise ApiError(401, "invalid_request_error", shown, stored=False)
    return key


def account(request: HttpRequest, sim: Runtime) -> str:
    """The account of the `Stripe-Account` header, else the platform; 403 for an unknown one."""
    wanted: str | None = request.META.get("HTTP_STRIPE_ACCOUNT")
    if not wanted or wanted == PLATFORM:
        return PLATFORM
    found = sim.store.reading().get(PLATFORM, wanted)
    if found is None or found["object"] != "account" or found.get("deleted"):
        raise ApiError(
            403,
            "invalid_request_error",
            f"The key does not have access to account '{wanted}', or it does not exist.",
            code="account_invalid",
            stored=False,
        )
    return wanted
