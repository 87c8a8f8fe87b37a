"""What a merchant asks beyond what a purchase needs: on the hosted page, by links, in the order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from apps.catalog.inputs import AttachedFieldInput, PriceInput, ProductInput
from apps.catalog.models import Product
from apps.catalog.operations import FieldInput, create_custom_field, create_product
from apps.checkouts.models import Checkout
from apps.checkouts.operations import LinkInput, NewCheckout, create_checkout, create_link
from apps.checkouts.tasks import settle_free_checkout_task
from apps.core.origin import Actor, Door, build_origin
from apps.orders.models import Order
from apps.organizations.models import Organization
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db

ORIGIN = build_origin(actor=Actor.MERCHANT, door=Door.API)
SIZES = {"options": [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}]}

Asked = tuple[str, str, dict[str, Any], bool]
FIELDS: Sequence[Asked] = (
    ("size", "select", SIZES, True),
    ("note", "text", {"textarea": True, "form_label": "A note", "max_length": 20}, False),
    ("age", "number", {"ge": 18, "form_help_text": "In years."}, False),
    ("born", "date", {}, False),
    ("agreed", "checkbox", {"form_label": "I agree"}, True),
)


def make_product(organization: Organization) -> Product:
    fields = [
        create_custom_field(
            organization=organization,
            data=FieldInput(type=kind, slug=slug, name=slug.title(), properties=properties),
            origin=ORIGIN,
        )
        for slug, kind, properties, _ in FIELDS
    ]
    attached = [
        AttachedFieldInput(field_id=made.pk, is_required=required)
        for made, (*_, required) in zip(fields, FIELDS, strict=True)
    ]
    return create_product(
        organization=organization,
        data=ProductInput(
            name="Shirt",
            prices=[PriceInput(kind="fixed", currency="usd", fixed_amount=0)],
            attached_custom_fields=attached,
        ),
        origin=ORIGIN,
    )


@pytest.fixture
def product() -> Product:
    return make_product(make_organization())


@pytest.fixture
def checkout(product: Product) -> Checkout:
    data = NewCheckout(
        product_ids=[product.pk], details={"custom_field_data": {"note": "a <b>", "age": 30}}
    )
    return create_checkout(organization=product.organization, data=data, origin=ORIGIN)


def confirm(checkout: Checkout, **form: str) -> Any:
    address = f"/checkout/{checkout.client_secret}/confirm"
    return Client().post(address, {"email": "ada@example.com", **form})


def test_the_page_asks_each_in_its_way(checkout: Checkout) -> None:
    page = Client().get(f"/checkout/{checkout.client_secret}").content.decode()

    assert '<select id="custom_size" name="custom_size" required>' in page
    assert '<option value="l" >Large</option>' in page
    assert "A note" in page and "a &lt;b&gt;</textarea>" in page
    assert 'name="custom_age" type="text" inputmode="numeric"' in page and 'value="30"' in page
    assert "In years." in page
    assert 'name="custom_born" type="date"' in page
    assert 'name="custom_agreed" type="checkbox" value="true"' in page
    assert page.index("custom_size") < page.index("custom_note") < page.index("custom_agreed")


def test_what_is_missing_or_wrong_is_told_at_its_field(checkout: Checkout) -> None:
    wrong = confirm(checkout, custom_age="17", custom_born="soon", custom_agreed="true")
    assert wrong.status_code == 422
    assert set(wrong.json()["errors"]) == {"custom_age", "custom_born"}

    missing = confirm(checkout, custom_size="")
    assert missing.status_code == 422
    assert missing.json()["errors"] == {
        "custom_size": "This is needed.",
        "custom_agreed": "This must be agreed to.",
    }


def test_what_is_answered_is_kept_in_the_order(checkout: Checkout) -> None:
    answer = confirm(
        checkout,
        custom_size="l",
        custom_note="",
        custom_age="18",
        custom_born="2000-02-29",
        custom_agreed="true",
    )

    assert answer.status_code == 200, answer.content
    settle_free_checkout_task(checkout_id=str(checkout.pk))
    answers = {"size": "l", "age": 18, "born": "2000-02-29", "agreed": True}
    assert Order.objects.get(checkout_id=checkout.pk).custom_field_data == answers


def test_a_link_fills_in_what_can_be(product: Product) -> None:
    link = create_link(
        organization=product.organization,
        data=LinkInput(product_ids=[product.pk]),
        origin=ORIGIN,
    )
    query = urlencode(
        {
            "custom_field_data.size": "l",
            "custom_field_data.note": "x" * 21,
            "custom_field_data.age": "20",
            "custom_field_data.agreed": "true",
            "custom_field_data.born": "soon",
            "custom_field_data.other": "x",
        }
    )

    assert Client().get(f"/checkout-links/{link.client_secret}?{query}").status_code == 303

    data = Checkout.objects.get().custom_field_data
    assert data == {"size": "l", "age": 20, "agreed": True}
