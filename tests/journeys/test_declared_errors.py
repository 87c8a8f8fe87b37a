"""Each error that the SDK declares for an operation we serve, in each of its versions."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from apps.api.routes import api_routes
from apps.api.sdk import Operation, operations_of, shape
from tests.journeys.declared_errors import ROWS
from tests.journeys.declared_errors.scene import Cannot, Provocation, Scene
from tests.support.merchants import VERSIONS, make_merchant
from tests.support.stripesim import StripeSim, stripesim
from tests.support.tills import STRIPE_BASES, Till

__all__ = ["stripesim"]

SERVED = {(method, shape(route.path)) for route in api_routes() for method in route.methods}
# The SDK reads these bodies by their shape alone.
VALIDATION = ("RequestValidationError", "PolarRequestValidationError")
REQUESTS = [
    pytest.param(name, code, id=f"{name} {code}")
    for name, entries in sorted(ROWS.items())
    for code, entry in entries.items()
    if not isinstance(entry, Cannot)
]


def served(version: str) -> dict[str, Operation]:
    """The operations of a version that a route answers."""
    return {
        name: operation
        for name, operation in operations_of(version).items()
        if (operation.method, operation.path) in SERVED
    }


class TestTable:
    def test_of_the_sdk_is_read(self) -> None:
        confirm = operations_of("2026-04")["checkouts.client_confirm"]

        assert (confirm.method, confirm.path) == ("POST", "/v1/checkouts/client/{}/confirm")
        assert {"PaymentError", "NotOpenCheckout", "HTTPValidationError"} < confirm.errors.keys()
        assert "customers.members.list" in operations_of("2026-04")

    @pytest.mark.parametrize("version", VERSIONS)
    def test_has_every_declared_error_of_every_served_operation(self, version: str) -> None:
        declared = {(name, code) for name, one in served(version).items() for code in one.errors}
        listed = {(name, code) for name, entries in ROWS.items() for code in entries}

        missing, stale = sorted(declared - listed), sorted(listed - declared)
        assert not missing, f"tests/journeys/declared_errors has no entry for {missing}"
        assert not stale, f"nobody declares these, or no route serves them: {stale}"


@pytest.fixture(autouse=True)
def sandbox(settings: Any, stripesim: StripeSim) -> None:
    """Payments go to the sandbox Stripe."""
    for base in STRIPE_BASES:
        setattr(settings, base, stripesim.url)
    settings.STRIPE_SECRET_KEY = stripesim.secret_key
    settings.STRIPE_MAX_RETRIES = 0


@pytest.mark.parametrize(("name", "code"), REQUESTS)
def test_comes_as_declared(name: str, code: str, server: LiveServer, stripesim: StripeSim) -> None:
    provoke = ROWS[name][code]
    assert not isinstance(provoke, Cannot)
    for version in VERSIONS:
        till = Till(server.url, stripesim, make_merchant(server.url))
        refusal: Any = provoked(name, provoke, version, till)
        assert type(refusal) is operations_of(version)[name].errors[code], repr(refusal)
        assert getattr(refusal.error, "error", code) in (code, *VALIDATION), repr(refusal)


def provoked(name: str, provoke: Provocation, version: str, till: Till) -> Any:
    """What the SDK raises."""
    with till.merchant.polar(version) as polar:
        call = polar
        for part in name.split("."):
            call = getattr(call, part)
        with pytest.raises(Exception, match=r".") as refusal:
            provoke(call, Scene(till=till, polar=polar))
    return refusal.value
