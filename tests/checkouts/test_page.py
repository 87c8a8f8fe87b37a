"""The hosted page without its scripts."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.checkouts.models import Checkout
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
