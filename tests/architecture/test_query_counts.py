"""
How many queries each read takes: a number that may only go down.

`query_counts.json` holds the allowed number per endpoint. An endpoint that takes fewer fails as
well, so that the gain is written down. The number must not depend on how many rows there are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.api.routes import Route, api_routes
from tests.support.merchants import make_customer_token, make_organization, make_token
from tests.support.stock import Stock, make_stock

COUNTS_FILE = Path(__file__).parent / "query_counts.json"
COUNTS: dict[str, int] = json.loads(COUNTS_FILE.read_text())
MANY = 12

READS = [route for route in api_routes() if "GET" in route.methods and not route.view.is_public]


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def stocks(django_db_setup: Any, django_db_blocker: Any) -> Iterator[tuple[Stock, Stock]]:
    """A merchant with one of everything, and one with many."""
    with django_db_blocker.unblock(), transaction.atomic():
        few, rich = make_stock(make_organization("Few")), make_stock(make_organization("Many"))
        for _ in range(MANY):
            make_stock(rich.organization)
        yield few, rich
        transaction.set_rollback(True)


def queries_of(stock: Stock, route: Route) -> int:
    """The queries of the second request: the first one may note the use of the token."""
    path = route.path
    if "{id}" in path:
        path = path.replace("{id}", str(stock.id_for(route.resource)))
    path = path.replace("{external_id}", stock.customer.external_id or "")
    path = path.replace("{activation_id}", str(stock.activation.pk))
    path = path.replace("{member_id}", str(stock.member.pk))
    path = path.replace("{member_external_id}", stock.member.external_id or "")
    if "{" not in route.path:
        path += "?limit=100"
    token = (
        make_customer_token(stock.customer) if route.is_portal else make_token(stock.organization)
    )
    client = Client(headers={"Authorization": f"Bearer {token}"})
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code < 500, answer.content
    return len(queries)


@pytest.mark.parametrize("route", READS, ids=lambda route: route.path)
def test_reads_take_no_more_queries_than_agreed(
    route: Route, stocks: tuple[Stock, Stock], settings: Any
) -> None:
    settings.API_RATE_LIMITS = dict.fromkeys(settings.API_RATE_LIMITS, 1_000_000)
    settings.API_RATE_CUSTOMER = 1_000_000
    few, rich = stocks

    with_one, with_many = queries_of(few, route), queries_of(rich, route)

    assert with_many == with_one, "the number of queries grows with the rows"
    assert with_one == COUNTS.get(route.path), f"write {with_one} for {route.path}"
