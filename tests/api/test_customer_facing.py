"""What a merchant keeps to itself is in no answer that customers get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from apps.api.routes import Route, api_routes
from apps.organizations.api.presenters import (
    OrganizationBody,
    PublicOrganizationBody,
    present_checkout_organization,
    present_organization,
    present_portal_organization,
)
from apps.organizations.models import Organization
from tests.support.merchants import make_customer_token, make_organization
from tests.support.stock import make_stock

PUBLIC = {
    "created_at",
    "modified_at",
    "id",
    "name",
    "slug",
    "avatar_url",
    "proration_behavior",
    "allow_customer_updates",
}
# Whatever an organization alone has; e-mail, status and country are customers' words, too, accounts
# are what they have linked, and they are told what they may do in their portal.
PRIVATE = (
    set(OrganizationBody.__annotations__)
    - PUBLIC
    - {"email", "status", "country", "account_id", "customer_portal_settings"}
)
# What customers may do by themselves is told to those who are signed in, and to nobody else.
PORTAL = PUBLIC | {"customer_portal_settings", "organization_features"}
CUSTOMER_FACING = [
    route for route in api_routes() if route.is_portal or "/checkouts/client/" in route.path
]
# Stands in every text that is the merchant's own business.
SECRET = "merchants-own"


def properties(schema: Any, components: dict[str, Any], seen: set[str]) -> Iterator[str]:
    """The names of everything that an answer may hold, however deep."""
    if isinstance(schema, list):
        for one in schema:
            yield from properties(one, components, seen)
    if not isinstance(schema, dict):
        return
    reference = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    if reference and reference not in seen:
        seen.add(reference)
        yield from properties(components[reference], components, seen)
    for name, inner in schema.items():
        if name == "properties":
            yield from inner
            yield from properties(list(inner.values()), components, seen)
        else:
            yield from properties(inner, components, seen)


@pytest.fixture(scope="module")
def documentation() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def private_for(route: Route) -> set[str]:
    """The fields that no answer of a route may have."""
    return PRIVATE - PORTAL if route.is_portal else PRIVATE


class TestShapes:
    @pytest.mark.django_db
    def test_buyers_see_eight_fields_of_a_merchant(self) -> None:
        organization = Organization(name="Acme", slug="acme")
        assert set(present_checkout_organization(organization)) == PUBLIC
        assert set(PublicOrganizationBody.__annotations__) == PUBLIC
        assert set(present_portal_organization(organization)) == PORTAL
        assert set(present_organization(organization)) > PUBLIC

    def test_what_is_looked_for_would_be_found(self, documentation: dict[str, Any]) -> None:
        assert len(CUSTOMER_FACING) >= 8
        components = documentation["components"].get("schemas", {})
        answers = documentation["paths"]["/v1/organizations/"]["get"]["responses"]
        assert set(properties(answers, components, set())) >= PRIVATE

    @pytest.mark.parametrize("route", CUSTOMER_FACING, ids=lambda route: route.path)
    def test_no_declared_answer_has_a_private_field(
        self, route: Route, documentation: dict[str, Any]
    ) -> None:
        components = documentation["components"].get("schemas", {})
        operations = documentation["paths"][route.path]
        for operation in operations.values():
            answers = operation.get("responses", {})
            found = set(properties(answers, components, set()))
            assert not found & private_for(route)


@pytest.mark.django_db
class TestAnswers:
    @pytest.mark.parametrize(
        "route",
        [one for one in CUSTOMER_FACING if one.is_portal and "GET" in one.methods],
        ids=lambda route: route.path,
    )
    def test_no_answer_has_a_private_value(self, route: Route) -> None:
        organization = make_organization()
        stock = make_stock(organization)
        Organization.objects.filter(pk=organization.pk).update(
            email=f"{SECRET}@example.com",
            website=f"https://{SECRET}.example.com",
            details={"about": SECRET},
            refund_policy=SECRET,
            socials=[{"platform": "x", "url": f"https://x.example.com/{SECRET}"}],
            embed_hosts=[f"{SECRET}.example.com"],
        )
        path = route.path
        if "{id}" in path:
            path = path.replace("{id}", str(stock.id_for(route.resource)))
        token = make_customer_token(stock.customer)
        answer = Client(headers={"Authorization": f"Bearer {token}"}).get(path)
        assert answer.status_code < 500
        text = answer.content.decode()
        assert SECRET not in text
        assert not [name for name in private_for(route) if f'"{name}"' in text]
