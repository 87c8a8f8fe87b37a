"""What an end of a subscription would leave to be billed, and what it would give up."""

from __future__ import annotations

from apps.core.origin import Origin
from apps.orders.models import Order
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.previewing.orders import last_charge_of, standing_of
from apps.subscriptions.operations.previewing.values import EndPreview


def preview_cancel(*, subscription: Subscription) -> EndPreview:
    """What is left to be billed if the subscription ends with its period."""
    standing = standing_of(subscription)
    charge = last_charge_of(standing)
    return EndPreview(ends_at=charge.at, charge=charge if charge.lines else None)


def preview_revoke(*, subscription: Subscription, origin: Origin) -> EndPreview:
    """What is given up if the subscription ends now: nothing more is billed."""
    orders = Order.objects.filter(subscription_id=subscription.pk, status=Order.Status.PENDING)
    return EndPreview(
        ends_at=origin.at, charge=None, voided_orders=tuple(orders.order_by("created_at"))
    )
