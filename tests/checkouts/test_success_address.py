"""Where a finished checkout leads, whatever the merchant's address holds."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.checkouts.models import Checkout
from tests.checkouts.test_operations import ORIGIN, make_checkout

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("tail", ["é", "日本", "a\r\nX-Evil: 1"])
def test_fits_both_kinds_of_redirect(tail: str) -> None:
    checkout = make_checkout()
    Checkout.objects.filter(pk=checkout.pk).update(
        status="succeeded", succeeded_at=ORIGIN.at, success_url=f"https://shop.example/{tail}"
    )
    address = f"/checkout/{checkout.client_secret}/confirmation"
    whole = Client().get(address)
    part = Client().get(address, HTTP_HX_REQUEST="true")
    assert whole.status_code == 302
    assert part["HX-Redirect"] == whole["Location"]
    assert part["HX-Redirect"].isascii()
    assert "\n" not in part["HX-Redirect"]
