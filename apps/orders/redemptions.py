"""What became of the orders behind a use of a discount."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.discounts.usage import register_refund
from apps.orders.models import Order

# Nothing was bought by these.
_NEVER_BOUGHT = (Order.Status.DRAFT, Order.Status.VOID)


def register() -> None:
    """Answer whether a use of a discount was paid back."""
    register_refund("orders", _all_refunded)


def _all_refunded() -> Exists:
    """A redemption all of whose orders, at least one, were refunded in full."""
    is_left = Exists(
        _orders(OuterRef(OuterRef("checkout_id")), OuterRef(OuterRef("subscription_id"))).exclude(
            status=Order.Status.REFUNDED
        )
    )
    orders = _orders(OuterRef("checkout_id"), OuterRef("subscription_id"))
    return Exists(orders.filter(~is_left, status=Order.Status.REFUNDED))


def _orders(checkout_id: OuterRef, subscription_id: OuterRef) -> QuerySet[Order]:
    return (
        Order.objects.filter(Q(checkout_id=checkout_id) | Q(subscription_id=subscription_id))
        .exclude(status__in=_NEVER_BOUGHT)
        .order_by()
    )
