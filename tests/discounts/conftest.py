"""A merchant with a product and discounts on it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.catalog.models import Product
from apps.catalog.operations import PriceInput, ProductInput, create_product
from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.discounts.models import Discount
from apps.discounts.operations import DiscountInput, create_discount
from apps.organizations.models import Organization
from tests.support import merchants

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin(actor=Actor.SYSTEM, door=Door.TASK, at=NOW)


@pytest.fixture
def organization() -> Organization:
    return merchants.make_organization()


@pytest.fixture
def make_product(organization: Organization) -> Callable[[], Product]:
    def make() -> Product:
        data = ProductInput(name="Plan", prices=[PriceInput(kind="fixed", fixed_amount=1000)])
        return create_product(organization=organization, data=data, origin=ORIGIN)

    return make


@pytest.fixture
def make_discount(organization: Organization) -> Callable[..., Discount]:
    def make(**facts: Any) -> Discount:
        return new_discount(organization, **facts)

    return make


@pytest.fixture
def make_buyer(organization: Organization) -> Callable[..., Customer]:
    def make(email: str = "") -> Customer:
        return new_buyer(organization, email)

    return make


def new_discount(organization: Organization, **facts: Any) -> Discount:
    """Ten percent once, unless told otherwise."""
    usual: dict[str, Any] = {"name": "Spring", "type": "percentage", "duration": "once"}
    if facts.get("type", "percentage") == "percentage":
        usual["basis_points"] = 1000
    return create_discount(
        organization=organization, data=DiscountInput(**{**usual, **facts}), origin=ORIGIN
    )


def new_buyer(organization: Organization, email: str = "") -> Customer:
    """A customer with an address of their own."""
    data = CustomerInput(email=email or f"{new_id().hex}@example.com")
    return create_customer(organization=organization, data=data, origin=ORIGIN)
