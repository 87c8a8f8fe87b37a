"""The demo's checkout link."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from apps.backoffice.demo import example_link_url
from apps.backoffice.demo.links import seed_links
from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.operations import create_product
from apps.checkouts.models import Checkout, CheckoutLink
from apps.checkouts.operations import delete_link
from apps.core.origin import Door, system_origin
from apps.organizations.models import Organization
from tests.support.merchants import make_organization

ORIGIN = system_origin(Door.COMMAND)


@pytest.mark.django_db
def test_is_made_once_and_leads_to_a_checkout(client: Client) -> None:
    organization = make_organization()
    Organization.objects.filter(pk=organization.pk).update(slug="demo")
    for key in ("print", "guide"):
        create_product(
            organization=organization,
            data=ProductInput(
                name=key,
                prices=[PriceInput(kind="fixed", currency="usd", fixed_amount=100)],
                metadata={"demo": key},
            ),
            origin=ORIGIN,
        )

    for _ in range(2):
        seed_links(organization, origin=ORIGIN)

    answer = client.get(urlsplit(example_link_url()).path)
    assert answer.status_code == 303
    assert [one.product.name for one in Checkout.objects.get().offers.order_by("position")] == [
        "guide",
        "print",
    ]
    delete_link(link_id=CheckoutLink.objects.get().pk, origin=ORIGIN)
    seed_links(organization, origin=ORIGIN)
    assert example_link_url() == ""
