"""The merchant whose subscriptions are changed through the SDK, and what the changes bring."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from tests.support.tills import Till

DAY = timedelta(days=1)
DECLINES_LATER = "pm_card_chargeCustomerFail"


@pytest.fixture
def polar(till: Till, version: str) -> Iterator[Any]:
    """The SDK client of each version, of the merchant at the till."""
    with till.merchant.polar(version) as client:
        yield client


@pytest.fixture
def organization(till: Till) -> Organization:
    """The merchant at the till."""
    return till.merchant.organization


def in_days(days: int) -> str:
    """That many days from now, as a body says it."""
    return (datetime.now(UTC) + days * DAY).isoformat()


def orders_of(subscription: Subscription) -> list[Order]:
    """Every order of a subscription, the oldest first."""
    return list(Order.objects.filter(subscription_id=subscription.pk).order_by("id"))
