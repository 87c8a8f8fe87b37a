"""The row locks of benefits."""

from __future__ import annotations

from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now

from apps.benefits.models import Benefit, BenefitGrant, Resync
from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, Prepared

_granted = Prepared(
    lambda value: (
        BenefitGrant.objects.select_for_update(of=("self",), no_key=True)
        .filter(subscription_id=value, is_wanted=True, granted_at__isnull=False)
        .order_by("id")
    ),
    mark=ID_MARK,
)


def lock_benefit(benefit_id: UUID) -> Benefit:
    """
    The living benefit, locked until the transaction ends; grants may still refer to it.

    :raises ResourceNotFound: if there is none.
    """
    row = (
        Benefit.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organization")
        .filter(pk=benefit_id, deleted_at=None)
        .first()
    )
    if row is None:
        raise ResourceNotFound()
    return row


def lock_grant(grant_id: UUID) -> BenefitGrant:
    """
    One grant with what belongs to it, locked until the transaction ends.

    :raises ResourceNotFound: if there is none.
    """
    row = (
        BenefitGrant.objects.select_for_update(of=("self",), no_key=True)
        .select_related("benefit", "customer", "member", "organization")
        .filter(pk=grant_id)
        .first()
    )
    if row is None:
        raise ResourceNotFound()
    return row


def lock_grants_of_source(
    *, subscription_id: UUID | None, order_id: UUID | None, member_id: UUID | None
) -> list[BenefitGrant]:
    """Every grant of one subscription or order to one member, or to none, as they were made."""
    rows = BenefitGrant.objects.select_for_update(of=("self",), no_key=True).filter(
        Q(subscription_id=subscription_id, order_id=order_id, member_id=member_id)
    )
    return list(rows.order_by("id"))


def lock_granted_of_subscription(subscription_id: UUID) -> list[BenefitGrant]:
    """What a subscription has granted and still gives; asked at every renewal."""
    return _granted.rows(subscription_id)


def lock_siblings(grant_id: UUID) -> list[BenefitGrant]:
    """
    The grant and all others of the same benefit to the same customer and member.

    Each with `is_due` and `is_claimed`, by the machine's clock. Empty if there is no such grant.
    """
    one = BenefitGrant.objects.filter(pk=grant_id)
    key = one.values_list("customer_id", "benefit_id", "member_id").first()
    if key is None:
        return []
    customer_id, benefit_id, member_id = key
    rows = (
        BenefitGrant.objects.select_for_update(of=("self",), no_key=True)
        .filter(customer_id=customer_id, benefit_id=benefit_id, member_id=member_id)
        .select_related("benefit", "customer", "member", "organization")
        .annotate(
            is_due=_holds(Q(next_attempt_at__lte=Now())),
            is_claimed=_holds(Q(claimed_until__gt=Now())),
        )
    )
    return list(rows.order_by("id"))


def lock_resync(resync_id: UUID) -> Resync:
    """
    A re-sync, locked until the transaction ends.

    :raises ResourceNotFound: if there is none.
    """
    row = Resync.objects.select_for_update(no_key=True).filter(pk=resync_id).first()
    if row is None:
        raise ResourceNotFound()
    return row


def _holds(condition: Q) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(condition, output_field=BooleanField())
