"""The row locks of orders."""

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, Prepared
from apps.orders.models import Order

_locked = Prepared(
    lambda value: (
        Order.objects.select_related("organization", "customer", "product")
        .select_for_update(of=("self",))
        .filter(pk=value)
    ),
    mark=ID_MARK,
)


def lock_order(order_id: UUID) -> Order:
    """The order, locked until the end of the transaction; waits for whoever holds it."""
    found = _locked.first(order_id)
    if found is None:
        raise ResourceNotFound
    return found


def lock_idle_orders(subscription_id: UUID) -> list[Order]:
    """
    The pending orders of a subscription that nobody holds and nobody charges, locked.

    Waits for no one: it is for those who hold the subscription, which a payment may wait for.
    """
    rows = Order.objects.filter(
        subscription_id=subscription_id,
        status=Order.Status.PENDING,
        payment_lock_acquired_at=None,
    )
    return list(rows.select_for_update(of=("self",), skip_locked=True).order_by("id"))
