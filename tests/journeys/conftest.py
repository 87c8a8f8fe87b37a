"""A running server and merchants who use it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases, teardown_databases
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from tests.support.documents import check_answer
from tests.support.merchants import VERSIONS, Merchant, make_merchant


@pytest.fixture(scope="module")
def database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """
    The test database, committed to by the tests of a module and emptied once after the last.

    pytest-django makes it only for tests that ask for it in its own way; when none does, this
    makes one. What is emptied is a test database, or nothing.
    """
    with django_db_blocker.unblock():
        made = None
        if not _is_test_database():
            made = setup_databases(verbosity=0, interactive=False, serialized_aliases=())
        assert _is_test_database()
        yield
        assert _is_test_database()
        if made is None:
            call_command("flush", verbosity=0, interactive=False)
        else:
            teardown_databases(made, verbosity=0)


def _is_test_database() -> bool:
    prefix = connection.settings_dict["TEST"]["NAME"]
    return bool(prefix) and connection.settings_dict["NAME"].startswith(prefix)


@pytest.fixture(scope="module")
def server(database: None) -> Iterator[LiveServer]:
    """
    A server on its own threads, for the tests of a module.

    Each test has organizations of its own, which is all the isolation a merchant gets.
    """
    running = LiveServer("127.0.0.1")
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def wide_limits(settings: Any) -> None:
    """A test sends more requests than a merchant; those about limits set their own."""
    settings.API_RATE_LIMITS = dict.fromkeys(
        ("restricted", "default", "elevated", "anonymous"), 1_000_000
    )
    settings.API_RATE_LICENSE_KEYS = settings.API_RATE_CUSTOMER = 1_000_000
    settings.API_RATE_MAILED = 1_000_000


@pytest.fixture(autouse=True)
def as_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test asks of the API, by the SDK or without, the document announces the answer."""
    send = httpx.Client.send

    def checked(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        answer = send(self, request, **options)
        if request.url.path.startswith("/v1/") and not options.get("stream"):
            check_answer(request, answer)
        return answer

    monkeypatch.setattr(httpx.Client, "send", checked)


@pytest.fixture
def merchant(server: LiveServer) -> Merchant:
    """A merchant."""
    return make_merchant(server.url)


@pytest.fixture
def stranger(server: LiveServer) -> Merchant:
    """Another merchant."""
    return make_merchant(server.url, "Stranger")


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """Each version of the API."""
    return str(request.param)


@pytest.fixture
def polar(merchant: Merchant, version: str) -> Iterator[Any]:
    """The merchant's SDK client of each version."""
    with merchant.polar(version) as client:
        yield client


@pytest.fixture
def errors(version: str) -> Any:
    """The error types of the SDK of this version."""
    return import_module(f"polar.v{version.replace('-', '_')}.errors")
