"""Saying what one person may do alone."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.approvals.models import Limit
from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.money import is_presentment_currency
from apps.core.origin import Origin
from apps.events.operations import record


@transaction.atomic
def set_limit(
    *, role: str, currency: str, amount: int, approval_amount: int | None = None, origin: Origin
) -> Limit:
    """
    The limit of a role in a currency, in minor units; the same one again changes nothing.

    `approval_amount` is up to what it may be the second person, None for any amount. Records
    `limit.set`.

    :raises ValidationFailed: for an unknown role or currency, or an amount below zero.
    """
    if role not in Limit.Role.values:
        raise ValidationFailed.at("body", "role", msg="Not a role that moves money.", value=role)
    if not is_presentment_currency(currency):
        raise ValidationFailed.at("body", "currency", msg="Not a currency we know.", value=currency)
    if amount < 0 or (approval_amount is not None and approval_amount < 0):
        raise ValidationFailed.at("body", "amount", msg="Must not be below zero.", value=amount)
    limit, is_new = Limit.objects.get_or_create(
        role=role,
        currency=currency,
        defaults={
            "created_at": origin.at,
            "amount": amount,
            "approval_amount": approval_amount,
        },
    )
    before = (None, None) if is_new else (limit.amount, limit.approval_amount)
    if before == (amount, approval_amount):
        return limit
    limit.amount, limit.approval_amount = amount, approval_amount
    limit.modified_at = None if is_new else origin.at
    limit.save(update_fields=["amount", "approval_amount", "modified_at"])
    record(
        "limit.set",
        subject=limit,
        organization_id=None,
        origin=origin,
        changes={
            "amount": (before[0], amount),
            "approval_amount": (before[1], approval_amount),
        },
        payload={"role": role, "currency": currency},
    )
    return limit


@transaction.atomic
def remove_limit(*, limit_id: UUID, origin: Origin) -> None:
    """
    Take a limit away. Records `limit.removed`.

    :raises ResourceNotFound: if there is none.
    """
    limit = Limit.objects.filter(pk=limit_id).first()
    if limit is None:
        raise ResourceNotFound
    record(
        "limit.removed",
        subject=limit,
        organization_id=None,
        origin=origin,
        changes={"amount": (limit.amount, None)},
        payload={"role": limit.role, "currency": limit.currency},
    )
    limit.delete()
