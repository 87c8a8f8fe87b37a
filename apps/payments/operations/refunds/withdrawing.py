"""Refunds that take back what was bought."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from apps.benefits.models import Withdrawal
from apps.benefits.operations import lift_withdrawal, withdraw_order
from apps.core.origin import Origin
from apps.orders.operations.entitling import align_order_benefits
from apps.payments.models import Refund
from apps.payments.operations.refunds.recording import lock_held_refund

# Money that has gone back, or is on its way.
_TAKING: Final = (Refund.Status.PENDING, Refund.Status.SUCCEEDED)


@transaction.atomic
def align_refunded_benefits(*, refund_id: UUID, origin: Origin) -> bool:
    """
    Let the benefits of an order follow a refund that was to revoke them; whether anything changed.

    They go with the money, and come back if the refund fails. Of a subscription they stay.
    """
    refund = lock_held_refund(refund_id)
    order = refund.order
    if not refund.revoke_benefits or order is None or order.subscription_id is not None:
        return False
    if refund.status in _TAKING:
        is_changed = withdraw_order(
            organization_id=refund.organization_id,
            order_id=order.pk,
            cause=Withdrawal.Cause.REFUND,
            cause_id=refund.pk,
            origin=origin,
        )
    else:
        lifted = lift_withdrawal(cause=Withdrawal.Cause.REFUND, cause_id=refund.pk, origin=origin)
        is_changed = bool(lifted)
    if is_changed:
        align_order_benefits(order_id=order.pk, origin=origin)
    return is_changed
