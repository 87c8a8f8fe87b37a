"""Ending a discount by staff: what follows is shown first."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Change, Plan, additions, counted
from apps.discounts.locks import lock_discount
from apps.discounts.models import Discount
from apps.events.operations import record


def plan_discount_end(*, discount: Discount, origin: Origin) -> Plan:
    """What `end_discount` would do."""
    return _plan(discount, origin)


@transaction.atomic
def end_discount(*, discount_id: UUID, agreed: str | None = None, origin: Origin) -> Discount:
    """
    Let nobody redeem a discount from now on; its code stays taken, and who has it keeps it.

    `agreed` is the fingerprint of the plan that staff saw. Records `discount.updated`.

    :raises ResourceNotFound: if it is deleted.
    :raises PlanImpossible: if it is over already, or has not begun.
    :raises PlanChanged: if something else would follow by now.
    """
    discount = lock_discount(discount_id)
    if discount.deleted_at is not None:
        raise ResourceNotFound
    _plan(discount, origin).require(agreed)
    before = discount.ends_at
    discount.ends_at = discount.modified_at = origin.at
    discount.save(update_fields=["ends_at", "modified_at"])
    record(
        "discount.updated",
        subject=discount,
        organization_id=discount.organization_id,
        origin=origin,
        changes={"ends_at": (before.isoformat() if before else None, origin.at.isoformat())},
    )
    return discount


def _plan(discount: Discount, origin: Origin) -> Plan:
    obstacles = []
    if discount.ends_at is not None and discount.ends_at <= origin.at:
        obstacles.append("It is over already.")
    if discount.starts_at is not None and discount.starts_at >= origin.at:
        obstacles.append("It has not begun: delete it instead.")
    before = f"until {discount.ends_at:%Y-%m-%d %H:%M} UTC" if discount.ends_at else "without end"
    effects = [
        f"It was redeemed {counted(discount.redemptions_count, 'time')}: who has it keeps it.",
        "Open checkouts that have it are refused when they are confirmed.",
    ]
    if discount.code:
        effects.append(f"The code {discount.code} stays taken.")
    return Plan(
        title=f"{discount.name} can no longer be redeemed",
        changes=(Change("Redeemable", before, "no more"),),
        effects=tuple(effects),
        obstacles=tuple(obstacles),
    ).joined(additions("discounts.end_discount", discount=discount))
