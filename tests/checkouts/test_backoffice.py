"""What staff see of checkout links and custom fields, and do with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from apps.catalog.models import CustomField
from apps.checkouts.links import link_url
from apps.checkouts.models import Checkout, CheckoutLink
from apps.orders.models import Order
from tests.backoffice.acting import act, happened
from tests.backoffice.conftest import sold, staff
from tests.backoffice.world import Sold

__all__ = ["sold", "staff"]

Staff = Callable[[str], Client]

pytestmark = pytest.mark.django_db


def page(client: Client, record: Model) -> str:
    meta = record._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_link_shows_its_address_products_and_checkouts(staff: Staff, sold: Sold) -> None:
    link = CheckoutLink.objects.get()
    Checkout.objects.filter(pk=sold.checkout.pk).update(link=link)

    text = page(staff("viewer"), link)

    assert f'data-copy="{link_url(link)}"' in text
    assert sold.product.name in text
    assert str(sold.checkout.pk) in text


@pytest.mark.parametrize("place", ["organization", "product"])
def test_a_link_is_found_where_it_belongs(staff: Staff, sold: Sold, place: str) -> None:
    text = page(staff("viewer"), getattr(sold, place))

    assert link_url(CheckoutLink.objects.get()) in text


@pytest.mark.parametrize(
    ("model", "event"),
    [(CheckoutLink, "checkout_link.deleted"), (CustomField, "custom_field.deleted")],
)
def test_support_withdraws_them(staff: Staff, sold: Sold, model: type[Any], event: str) -> None:
    name = f"{model._meta.app_label}_{model._meta.model_name}_withdraw"

    act(staff("support"), name, model.objects.get().pk)

    assert model.objects.get().deleted_at is not None
    happened(event, "support@example.com")


def test_answers_are_on_checkouts_and_orders(staff: Staff, sold: Sold) -> None:
    for model, row in ((Checkout, sold.checkout), (Order, sold.order)):
        model.objects.filter(pk=row.pk).update(custom_field_data={"shirt": "extra large"})

        assert "extra large" in page(staff("viewer"), row)
