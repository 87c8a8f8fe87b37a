"""The hosted page without its scripts."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.operations import create_product
from apps.checkouts.models import Checkout
from apps.checkouts.operations import NewCheckout, create_checkout
from apps.core.origin import Actor, Door, build_origin
from tests.support.merchants import make_organization
from tests.support.stock import make_stock

pytestmark = pytest.mark.django_db


def test_a_code_sent_by_the_browser_itself_leads_back_to_the_whole_page(client: Client) -> None:
    stock = make_stock(make_organization())
    address = f"/checkout/{Checkout.objects.get(pk=stock.checkout.pk).client_secret}"

    answer = client.post(address, {"discount_code": "nonsense"})

    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    assert b"checkout.js" in client.get(address).content


def test_a_code_sent_by_htmx_gets_the_regions_alone(client: Client) -> None:
    stock = make_stock(make_organization())
    address = f"/checkout/{Checkout.objects.get(pk=stock.checkout.pk).client_secret}"

    answer = client.post(address, {"discount_code": "nonsense"}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert b"There is no discount" in answer.content
    assert b"checkout.js" not in answer.content


@pytest.mark.parametrize(("told", "kept"), [(None, "127.0.0.1"), ("203.0.113.7", "203.0.113.7")])
def test_keeps_from_where_and_with_what_was_paid(
    client: Client, told: str | None, kept: str
) -> None:
    origin = build_origin(actor=Actor.MERCHANT, door=Door.API)
    organization = make_organization()
    product = create_product(
        organization=organization,
        data=ProductInput(
            name="Leaflet", prices=[PriceInput(kind="fixed", currency="usd", fixed_amount=0)]
        ),
        origin=origin,
    )
    data = NewCheckout(product_ids=[product.pk], details={"customer_ip_address": told})
    made = create_checkout(organization=organization, data=data, origin=origin)

    answer = client.post(
        f"/checkout/{made.client_secret}/confirm",
        {"email": "ada@example.com"},
        headers={"User-Agent": "Firefox " + "x" * 600},
    )

    assert answer.status_code == 200, answer.content
    made.refresh_from_db()
    assert made.customer_ip_address == kept
    assert made.customer_user_agent == "Firefox " + "x" * 492
