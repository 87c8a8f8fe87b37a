"""What is shown beside orders, read for a whole page at once: discounts and subscriptions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from apps.core.prepared import ID_MARK, Prepared, one_of
from apps.discounts.models import Discount
from apps.orders.models import Order
from apps.organizations.models import Organization

Teller = Callable[[list[UUID]], dict[UUID, Any]]

_discounts = Prepared(lambda value: Discount.objects.filter(one_of("id", value)), mark=ID_MARK)
_tellers: dict[str, Teller] = {}


def register_subscriptions(teller: Teller) -> None:
    """Have subscriptions, which live above, told by their ids, JSON-ready."""
    _tellers["subscriptions"] = teller


def discounts_of(orders: Sequence[Order], organization: Organization) -> dict[UUID, Discount]:
    """The discounts of orders of one organization; no query where there are none."""
    ids = {order.discount_id for order in orders if order.discount_id is not None}
    found = {row.pk: row for row in _discounts.rows(list(ids))} if ids else {}
    for discount in found.values():
        # Known, so that nobody reads it again for its usual currency.
        discount.organization = organization
    return found


def subscriptions_of(orders: Sequence[Order]) -> dict[UUID, Any]:
    """What is shown of the subscriptions of orders; no query where there are none."""
    ids = {order.subscription_id for order in orders if order.subscription_id is not None}
    teller = _tellers.get("subscriptions")
    return teller(list(ids)) if ids and teller else {}
