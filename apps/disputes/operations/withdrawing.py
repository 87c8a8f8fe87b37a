"""Disputes that take back what was bought."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.benefits.models import Withdrawal
from apps.benefits.operations import lift_withdrawal, withdraw_order
from apps.core.origin import Origin
from apps.disputes.locks import lock_held_dispute
from apps.disputes.operations.telling import ends_access
from apps.orders.operations.entitling import align_order_benefits


@transaction.atomic
def align_disputed_benefits(*, dispute_id: UUID, origin: Origin) -> bool:
    """
    Let the benefits of an order follow its dispute as it stands; whether anything changed.

    They go with a dispute that was lost, accepted or prevented, and come back if it was won after
    all, or is open again. Those of a subscription follow the subscription.
    """
    dispute = lock_held_dispute(dispute_id)
    order = dispute.order
    if order is None or order.subscription_id is not None:
        return False
    if ends_access(dispute):
        is_changed = withdraw_order(
            organization_id=dispute.organization_id,
            order_id=order.pk,
            cause=Withdrawal.Cause.DISPUTE,
            cause_id=dispute.pk,
            origin=origin,
        )
    else:
        cause = Withdrawal.Cause.DISPUTE
        is_changed = bool(lift_withdrawal(cause=cause, cause_id=dispute.pk, origin=origin))
    if is_changed:
        align_order_benefits(order_id=order.pk, origin=origin)
    return is_changed
