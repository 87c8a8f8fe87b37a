"""Taking back what an order granted although it was paid, and giving it back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.benefits.models import Withdrawal
from apps.core.origin import Origin


@transaction.atomic
def withdraw_order(
    *, organization_id: UUID, order_id: UUID, cause: str, cause_id: UUID, origin: Origin
) -> bool:
    """
    Keep that a refund or a dispute took back what the order granted; whether that is new.

    The grants follow when the order is aligned next.
    """
    row, is_new = Withdrawal.objects.get_or_create(
        order_id=order_id,
        cause=cause,
        cause_id=cause_id,
        defaults={"organization_id": organization_id, "created_at": origin.at},
    )
    if is_new or row.lifted_at is None:
        return is_new
    row.lifted_at, row.modified_at = None, origin.at
    row.save(update_fields=["lifted_at", "modified_at"])
    return True


@transaction.atomic
def lift_withdrawal(*, cause: str, cause_id: UUID, origin: Origin) -> list[UUID]:
    """The orders that this cause no longer takes anything from; none the second time."""
    rows = Withdrawal.objects.filter(cause=cause, cause_id=cause_id, lifted_at=None)
    orders = list(rows.values_list("order_id", flat=True))
    rows.update(lifted_at=origin.at, modified_at=origin.at)
    return orders
