"""A customer with a balance to move, and how the balance stands afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.orders.models import Order
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.support import merchants

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin(actor=Actor.SYSTEM, door=Door.TASK, at=NOW)


@pytest.fixture
def customer() -> Customer:
    return create_customer(
        organization=merchants.make_organization(),
        data=CustomerInput(email="ada@example.com"),
        origin=ORIGIN,
    )


def owner_of(customer: Customer, currency: str = "usd") -> dict[str, Any]:
    """Whose balance an operation moves."""
    return {
        "customer_id": customer.pk,
        "organization_id": customer.organization_id,
        "currency": currency,
    }


def give(customer: Customer, amount: int, currency: str = "usd") -> None:
    """Credit, or a debt where negative."""
    if amount:
        adjust_wallet(
            customer=customer, currency=currency, amount=amount, note="start", origin=ORIGIN
        )


def left(customer: Customer) -> int:
    """The balance in dollars."""
    return balance(customer.pk, "usd")


@pytest.fixture
def make_order(customer: Customer) -> Callable[..., Order]:
    def make(total: int, *, applied: int = 0, status: str = "pending") -> Order:
        return Order.objects.create(
            pk=new_id(),
            organization=customer.organization,
            customer=customer,
            status=status,
            billing_reason="subscription_cycle",
            currency="usd",
            subtotal_amount=total,
            net_amount=total,
            applied_balance_amount=applied,
            created_at=NOW,
        )

    return make
