"""Making what is granted follow what is paid."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.benefits.locks import lock_granted_of_subscription, lock_grants_of_source
from apps.benefits.models import BenefitGrant
from apps.benefits.operations.planned import plan_work
from apps.benefits.selectors import benefit_ids_of_product
from apps.benefits.states import next_step
from apps.core.origin import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """
    What one subscription or order gives at present: the benefits of a product, or nothing.

    Exactly one of `subscription_id` and `order_id` is set. With `member_id` it is what one member
    gets of it, and the others are left alone.
    """

    organization_id: UUID
    customer_id: UUID
    product_id: UUID | None
    is_entitled: bool
    subscription_id: UUID | None = None
    order_id: UUID | None = None
    member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Alignment:
    """The benefits that workers were asked to grant, and to revoke, as ids."""

    grant: list[UUID]
    revoke: list[UUID]


@transaction.atomic
def align_grants(*, entitlement: Entitlement, origin: Origin) -> Alignment:
    """
    Have granted what `entitlement` gives and is not granted yet, and revoked what it gives no more.

    The work is done after the commit. The second time nothing is asked for; what waits for its
    customer to act, or is withheld by hand, is left alone. Whoever calls holds the lock of the
    subscription or order.
    """
    wanted = _wanted(entitlement)
    rows = lock_grants_of_source(
        subscription_id=entitlement.subscription_id,
        order_id=entitlement.order_id,
        member_id=entitlement.member_id,
    )
    revoked = [row.benefit_id for row in rows if _let_go(row, wanted, origin)]
    granted = [row.benefit_id for row in rows if _take_up(row, wanted, origin)]
    known = {row.benefit_id for row in rows}
    for benefit_id in wanted:
        if benefit_id not in known:
            _begin(entitlement, benefit_id, origin)
            granted.append(benefit_id)
    return Alignment(grant=granted, revoke=revoked)


@transaction.atomic(savepoint=False)
def cycle_grants(*, subscription_id: UUID, origin: Origin) -> int:
    """Have every grant of a subscription told that another period was paid; returns how many."""
    rows = lock_granted_of_subscription(subscription_id)
    for row in rows:
        row.is_cycling = True
        plan_work(row, origin, "is_cycling")
    return len(rows)


def _wanted(entitlement: Entitlement) -> list[UUID]:
    if not entitlement.is_entitled or entitlement.product_id is None:
        return []
    return benefit_ids_of_product(entitlement.product_id)


def _let_go(row: BenefitGrant, wanted: list[UUID], origin: Origin) -> bool:
    """Stop wanting a grant; whether there is something to take back."""
    if not row.is_wanted or row.benefit_id in wanted:
        return False
    let_go(row, origin)
    return True


def let_go(row: BenefitGrant, origin: Origin) -> None:
    """Want a locked grant no more, and have it taken back."""
    row.is_wanted, row.attempt_count = False, 0
    plan_work(row, origin, "is_wanted", "attempt_count")


def _take_up(row: BenefitGrant, wanted: list[UUID], origin: Origin) -> bool:
    """Want a grant again that was given up."""
    if row.is_wanted or row.withheld_at is not None or row.benefit_id not in wanted:
        return False
    row.is_wanted = True
    row.error = None
    if next_step(row) is None:
        # It was to be revoked, and nobody has come to it yet, or nobody could.
        row.next_attempt_at = None
        row.save(update_fields=["is_wanted", "error", "next_attempt_at"])
        return False
    row.attempt_count = 0
    plan_work(row, origin, "is_wanted", "error", "attempt_count")
    return True


def _begin(entitlement: Entitlement, benefit_id: UUID, origin: Origin) -> None:
    row = BenefitGrant.objects.create(
        created_at=origin.at,
        organization_id=entitlement.organization_id,
        benefit_id=benefit_id,
        customer_id=entitlement.customer_id,
        member_id=entitlement.member_id,
        subscription_id=entitlement.subscription_id,
        order_id=entitlement.order_id,
    )
    plan_work(row, origin)
