"""
Requests made up from the OpenAPI document, sent to a running server by two organizations.

Whatever is asked, the answer is one that the document announces, in its shape, and holds nothing
of the other organization. `MADE_UP_REQUESTS=200` sends so many for each operation and version.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import pytest
import requests
import schemathesis
from django.conf import settings as django_settings
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pytest_django.live_server_helper import LiveServer
from schemathesis import checks

from apps.api.document import document_of
from apps.api.routes import Route, api_routes
from tests.support.fuzzing import Party, aim, sent
from tests.support.merchants import make_customer_token, make_organization, make_token
from tests.support.stock import make_stock
from tests.support.stripesim import StripeSim, stripesim
from tests.support.tills import STRIPE_BASES

__all__ = ["stripesim"]

ROUTES = {route.path: route for route in api_routes()}
CALLS = [(route, method) for route in ROUTES.values() for method in route.methods]
EXAMPLES = int(os.environ.get("MADE_UP_REQUESTS", "0"))
VERSIONS = django_settings.API_VERSIONS
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(autouse=True)
def sandbox(settings: Any, stripesim: StripeSim) -> None:
    for base in STRIPE_BASES:
        setattr(settings, base, stripesim.url)
    settings.STRIPE_SECRET_KEY = stripesim.secret_key
    settings.STRIPE_MAX_RETRIES = 0


@pytest.fixture(scope="module")
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture(scope="module")
def readers(server: LiveServer) -> tuple[Party, Party]:
    """Two organizations for requests that change nothing."""
    return make_party("Acme"), make_party("Other")


def make_party(name: str) -> Party:
    stock = make_stock(make_organization(name))
    return Party(make_token(stock.organization), make_customer_token(stock.customer), stock)


def call_id(call: Any) -> str:
    return f"{call[1]} {call[0].path}"


@pytest.mark.parametrize("call", CALLS, ids=call_id)
def test_is_answered_as_announced(
    call: tuple[Route, str],
    server: LiveServer,
    readers: tuple[Party, Party],
    http: requests.Session,
) -> None:
    route, method = call
    versions = VERSIONS if EXAMPLES else [VERSIONS[CALLS.index(call) % len(VERSIONS)]]
    for version in versions:
        # What changes things has rows of its own, so that no request meets another's ruins.
        parties = readers if method == "GET" else (make_party("Acme"), make_party("Other"))
        send_many(route, method, version, parties, server.url, http)


@cache
def schema_of(version: str) -> Any:
    return schemathesis.openapi.from_dict(document_of(version))


def send_many(
    route: Route,
    method: str,
    version: str,
    parties: tuple[Party, Party],
    url: str,
    http: requests.Session,
) -> None:
    operation = schema_of(version)[route.path][method]
    good = operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE)
    kinds = [good, good]
    if operation.body or any(True for _ in operation.iter_parameters()):
        kinds.append(operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))

    @seed(20270131)
    @settings(
        max_examples=EXAMPLES or (6 if method == "GET" else 8),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(kinds), random=st.randoms(use_true_random=False), is_first=st.booleans())
    def send(case: Any, random: Random, is_first: bool) -> None:
        asking, other = parties if is_first else parties[::-1]
        aim(case, asking, other, route.resource, random)
        headers = {"Polar-Version": version}
        if not route.view.is_public:
            token = asking.customer_token if route.is_portal else asking.token
            headers["Authorization"] = f"Bearer {token}"
        answer = case.call(base_url=url, session=http, headers=headers)
        case.validate_response(answer, checks=CHECKS)
        # Where the secret of a checkout or a key is all that is asked for, whoever has it is told.
        if not route.view.is_public:
            told = sent(case)
            leaked = {mark for mark in other.marks if mark in answer.text and mark not in told}
            assert not leaked, (case.as_curl_command(), answer.text)

    send()
