"""What the middleware makes of answers that are not the API's own."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.test import RequestFactory

from apps.api.middleware import ApiMiddleware


def answer(response: HttpResponse, path: str = "/v1/products/") -> HttpResponse:
    return ApiMiddleware(lambda request: response)(RequestFactory().get(path))


class TestApiMiddleware:
    @pytest.mark.parametrize(
        ("page", "name"),
        [
            (HttpResponseServerError("<h1>Oops</h1>"), "InternalServerError"),
            (HttpResponseBadRequest("<h1>Bad</h1>"), "BadRequest"),
            (HttpResponse("<h1>Where?</h1>", status=404), "ResourceNotFound"),
        ],
    )
    def test_speaks_json_even_when_things_break(self, page: HttpResponse, name: str) -> None:
        response = answer(page)

        assert response.headers["Content-Type"] == "application/json"
        assert json.loads(response.content)["error"] == name
        assert response.status_code == page.status_code
        assert response.headers["Polar-Version"] == "2026-04"

    def test_leaves_other_addresses_alone(self) -> None:
        page = HttpResponseServerError("<h1>Oops</h1>")

        assert answer(page, "/backoffice/") is page
        assert "Polar-Version" not in page.headers

    def test_keeps_a_cache_header_of_the_view(self) -> None:
        page = HttpResponse("{}", headers={"Cache-Control": "public"})

        assert answer(page).headers["Cache-Control"] == "public"
