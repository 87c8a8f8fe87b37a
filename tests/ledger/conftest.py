"""A merchant to post for, and sales of any shape."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin
from apps.ledger.sales import Sale
from apps.organizations.models import Organization

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin(actor=Actor.SYSTEM, door=Door.TASK, at=NOW)


@pytest.fixture
def make_organization() -> Callable[[], Organization]:
    def make() -> Organization:
        pk = new_id()
        return Organization.objects.create(
            pk=pk,
            name="Lumen",
            slug=f"lumen-{pk.hex}",
            created_at=NOW,
            status_changed_at=NOW,
            invoice_prefix="LUMEN",
        )

    return make


@pytest.fixture
def organization(make_organization: Callable[[], Organization]) -> Organization:
    return make_organization()


def sale_of(organization: Organization, **facts: Any) -> Sale:
    """A domestic card sale of 120.00 with 20.00 of tax, unless told otherwise."""
    usual: dict[str, Any] = {
        "organization_id": organization.pk,
        "order_id": new_id(),
        "payment_id": new_id(),
        "charge_id": f"ch_{new_id().hex}",
        "presentment_currency": "usd",
        "presentment_amount": 12000,
        "presentment_tax_amount": 2000,
        "settlement_currency": "usd",
        "settlement_amount": 12000,
        "settlement_fee": 378,
        "exchange_rate": None,
        "available_at": NOW,
        "card_country": "US",
        "method": "card",
        "is_subscription": False,
        "used_3ds": False,
    }
    return Sale(**{**usual, **facts})


EURO = {
    "presentment_currency": "eur",
    "presentment_amount": 1200,
    "presentment_tax_amount": 200,
    "settlement_amount": 1800,
    "settlement_fee": 82,
    "exchange_rate": Decimal("1.5"),
}
