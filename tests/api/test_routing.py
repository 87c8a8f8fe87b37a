"""Requests of the API skip what is for browsers, and nothing else."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import resolve

from apps.api.routes import api_routes
from apps.api.views import ApiView

pytestmark = pytest.mark.django_db


class TestRoutingMiddleware:
    def test_leads_only_to_views_that_need_no_cookie(self) -> None:
        assert all(issubclass(route.view, ApiView) for route in api_routes())

    def test_knows_no_session_and_no_login(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen = []
        original = ApiView.dispatch

        def dispatch(view, request, *args, **kwargs):
            seen.append(request)
            return original(view, request, *args, **kwargs)

        monkeypatch.setattr(ApiView, "dispatch", dispatch)
        response = Client().get("/v1/products/")

        assert response.status_code == 401
        assert not hasattr(seen[0], "session")
        assert not hasattr(seen[0], "htmx")
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["X-Content-Type-Options"] == "nosniff"

    def test_answers_unknown_addresses(self) -> None:
        for _ in range(2):
            response = Client().get("/v1/nothing")

            assert response.status_code == 404
            assert response.json()["error"] == "ResourceNotFound"

    def test_remembers_the_parts_of_an_address(self) -> None:
        first = Client().get("/v1/checkouts/client/one")
        second = Client().get("/v1/checkouts/client/two")

        assert first.status_code == second.status_code == 404
        assert first.resolver_match.kwargs != second.resolver_match.kwargs

    @pytest.mark.parametrize(
        ("before", "after"),
        [("/v1/customers/", "/state"), ("/v1/customers/external/shop-", "-a/b")],
    )
    def test_tells_ids_apart(self, before: str, after: str) -> None:
        for key in (str(uuid4()), str(uuid4()), "00000000-0000-4000-8000-000000000000"):
            path = f"{before}{key}{after}"
            found = Client().get(path).resolver_match
            expected = resolve(path)
            assert found.kwargs == expected.kwargs
            assert found.func == expected.func
            assert found.route == expected.route

    def test_refuses_a_foreign_host(self, settings) -> None:
        settings.ALLOWED_HOSTS = ["shop.example.com"]

        response = Client(raise_request_exception=False).get("/v1/products/")

        assert response.status_code == 400
        assert response.json()["error"] == "BadRequest"

    def test_leaves_other_addresses_to_the_rest(self) -> None:
        response = Client().get("/backoffice/")

        assert response.status_code == 302
        assert hasattr(response.wsgi_request, "session")
