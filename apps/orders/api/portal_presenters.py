"""Orders as their customer sees them: nothing that is only the merchant's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from apps.api.shapes import Shown
from apps.catalog.api.portal import CustomerProductBody, present_customer_product
from apps.catalog.selectors import products_by_id
from apps.orders.api.presenters import OrderBaseBody, present_order_base
from apps.orders.companions import subscriptions_of
from apps.orders.models import Order
from apps.organizations.api.presenters import present_portal_organization
from apps.organizations.models import Organization


class CustomerOrderBody(OrderBaseBody):
    """An order with its product and its subscription."""

    product: CustomerProductBody | None
    subscription: Annotated[dict[str, Any], Shown("SubscriptionFacts")] | None


def present_customer_orders(
    orders: Sequence[Order], organization: Organization
) -> list[CustomerOrderBody]:
    """
    Orders of one organization; their lines should be loaded already.

    Their products and subscriptions are read for all of them together.
    """
    ids = {order.product_id for order in orders if order.product_id is not None}
    merchant = present_portal_organization(organization)
    products = {
        key: present_customer_product(row, merchant)
        for key, row in products_by_id(list(ids)).items()
    }
    subscriptions = {
        key: {name: value for name, value in told.items() if name != "metadata"}
        for key, told in subscriptions_of(orders).items()
    }
    return [
        {
            **present_order_base(order),
            "product": products[order.product_id] if order.product_id else None,
            "subscription": subscriptions.get(order.subscription_id)
            if order.subscription_id
            else None,
        }
        for order in orders
    ]
