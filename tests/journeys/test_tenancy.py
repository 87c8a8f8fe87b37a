"""A walk over every route: what is another merchant's is not there, and scopes are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.live_server_helper import LiveServer

from apps.api.routes import Route, api_routes
from apps.organizations.scopes import ALL_SCOPES
from tests.support.drafts import make_buyer
from tests.support.merchants import Merchant, make_customer_token, make_merchant, make_token
from tests.support.stock import Stock, make_stock

ROUTES = api_routes()


def route_of(call: Any) -> Route:
    """The route of a parametrized call."""
    route: Route = call.values[0]
    return route


CALLS = [
    pytest.param(route, method, id=f"{method} {route.path}")
    for route in ROUTES
    for method in route.methods
]
PRIVATE = [call for call in CALLS if not route_of(call).view.is_public]
# Those of customers ask for a session, which has every scope of theirs.
SCOPED = [call for call in PRIVATE if not route_of(call).is_portal]
OF_ONE = [call for call in PRIVATE if "{" in route_of(call).path]
# What needs more than a scope: an account to be paid out to, the token of a mail, a purchase by the
# seat, a team.
NO_LISTS = {
    "/v1/payouts/estimate",
    "/v1/customer-portal/customers/me/email-update/check",
    "/v1/customer-seats",
    "/v1/customer-portal/seats",
    "/v1/customer-portal/members",
}
LISTS = [
    pytest.param(route, id=route.path)
    for route in ROUTES
    if "{" not in route.path and "GET" in route.methods and route.path not in NO_LISTS
]


@pytest.fixture(scope="module")
def world(server: LiveServer) -> tuple[Merchant, Stock]:
    """A merchant, and everything that another one has."""
    return make_merchant(server.url), make_stock(make_merchant(server.url, "Other").organization)


def filled(route: Route, stock: Stock) -> str:
    """The path with the ids of `stock`."""
    path = route.path
    if "{id}" in path:
        path = path.replace("{id}", str(stock.id_for(route.resource)))
    if "{external_id}" in path:
        path = path.replace("{external_id}", stock.customer.external_id or "")
    path = path.replace("{payment_method_id}", str(stock.method.pk))
    path = path.replace("{activation_id}", str(stock.activation.pk))
    path = path.replace("{seat_id}", str(stock.seat.pk))
    path = path.replace("{member_id}", str(stock.member.pk))
    path = path.replace("{member_external_id}", stock.member.external_id or "")
    assert "{" not in path, f"say which id belongs into {route.path}"
    return path


def caller_of(route: Route, merchant: Merchant) -> Merchant:
    """The merchant, or a customer of theirs where those call."""
    if not route.is_portal:
        return merchant
    return replace(merchant, token=make_customer_token(make_buyer(merchant.organization)))


class TestEveryRoute:
    def test_is_of_a_known_kind(self) -> None:
        assert len(ROUTES) > 15
        for route in ROUTES:
            assert route.view.is_public or set(route.view.scopes) == set(route.methods), route.path

    @pytest.mark.parametrize(("route", "method"), OF_ONE)
    def test_hides_what_is_anothers(
        self, world: tuple[Merchant, Stock], route: Route, method: str
    ) -> None:
        merchant, stock = world
        body: Any = {} if method in ("POST", "PUT", "PATCH") else None

        with caller_of(route, merchant).http() as http:
            answer = http.request(method, filled(route, stock), json=body)

        assert answer.status_code == 404, answer.text
        assert answer.json()["error"] == "ResourceNotFound"

    @pytest.mark.parametrize("route", LISTS)
    def test_lists_nothing_of_others(self, world: tuple[Merchant, Stock], route: Route) -> None:
        merchant, stock = world
        with caller_of(route, merchant).http() as http:
            answer = http.get(route.path, params={"organization_id": str(stock.organization.pk)})

        assert answer.status_code == 200
        assert str(stock.customer.pk) not in answer.text
        assert str(stock.order.pk) not in answer.text

    @pytest.mark.parametrize(("route", "method"), SCOPED)
    def test_asks_for_a_scope(
        self, world: tuple[Merchant, Stock], route: Route, method: str
    ) -> None:
        merchant, stock = world
        wanted = route.view.scopes[method]
        others = [scope for scope in ALL_SCOPES if scope not in wanted]
        path = filled(route, stock)

        def refusal(scopes: list[str]) -> str | None:
            token = make_token(merchant.organization, scopes)
            with replace(merchant, token=token).http() as http:
                answer = http.request(method, path)
            return answer.json()["error"] if answer.status_code in (401, 403) else None

        if others:
            assert refusal(others) == "NotPermitted"
        for scope in wanted:
            assert refusal([scope]) not in ("NotPermitted", "Unauthorized")

    @pytest.mark.parametrize(("route", "method"), PRIVATE)
    def test_asks_for_a_credential(
        self, world: tuple[Merchant, Stock], route: Route, method: str
    ) -> None:
        merchant, stock = world
        with replace(merchant, token="none").http() as http:
            assert http.request(method, filled(route, stock)).status_code == 401

    def test_takes_no_foreign_ids_in_bodies(self, world: tuple[Merchant, Stock]) -> None:
        merchant, stock = world
        own = str(make_stock(merchant.organization).product.pk)
        for body in (
            {"products": [str(stock.product.pk)]},
            {"products": [own], "customer_id": str(stock.customer.pk)},
        ):
            with merchant.http() as http:
                answer = http.post("/v1/checkouts/", json=body)
            assert answer.status_code == 422, answer.text

    def test_knows_unknown_ids_no_better(self, world: tuple[Merchant, Stock]) -> None:
        merchant, stock = world
        with merchant.http() as http:
            foreign = http.get(f"/v1/products/{stock.product.pk}")
            unknown = http.get(f"/v1/products/{uuid4()}")

        assert foreign.content == unknown.content
