"""Saying what one person may do alone."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.approvals.locks import lock_limits
from apps.approvals.models import Limit
from apps.approvals.selectors import limits_of
from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.money import format_amount, is_presentment_currency
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.events.operations import record


def plan_set_limit(
    *, role: str, currency: str, amount: int, approval_amount: int | None = None
) -> Plan:
    """
    What `set_limit` would do.

    :raises ValidationFailed: as `set_limit`.
    """
    _require_sense(role, currency, amount, approval_amount)
    present = limits_of(role)
    limit = present.get(currency)
    shown = f"{role} in {currency.upper()}"
    alone = "Alone, up to"
    second = "As the second person, up to"
    # Whoever has any limit does nothing alone in a currency without one.
    before = (
        (_shown(limit.amount, currency), _shown(limit.approval_amount, currency))
        if limit
        else ("", "")
    )
    after = (_shown(amount, currency), _shown(approval_amount, currency))
    loosens = []
    if present and amount > (limit.amount if limit else 0):
        loosens.append(f"{shown}: more is done alone.")
    most = limit.approval_amount if limit else None
    if most is not None and (approval_amount is None or approval_amount > most):
        loosens.append(f"{shown}: more is agreed to.")
    return Plan(
        title=f"{shown}: {after[0]} alone",
        changes=tuple(
            Change(f"{name}", old, new)
            for name, old, new in ((alone, before[0], after[0]), (second, before[1], after[1]))
            if old != new
        ),
        loosens=tuple(loosens),
        events=("limit.set",) if before != after else (),
    )


@transaction.atomic
def set_limit(
    *,
    role: str,
    currency: str,
    amount: int,
    approval_amount: int | None = None,
    agreed: str | None = None,
    origin: Origin,
) -> Limit:
    """
    The limit of a role in a currency, in minor units; the same one again changes nothing.

    `approval_amount` is up to what it may be the second person, None for any amount. Records
    `limit.set`.

    :raises ValidationFailed: for an unknown role or currency, or an amount below zero.
    :raises PlanChanged: if another plan was agreed to.
    """
    lock_limits()
    plan_set_limit(
        role=role, currency=currency, amount=amount, approval_amount=approval_amount
    ).require(agreed)
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


def plan_remove_limit(*, limit: Limit) -> Plan:
    """What `remove_limit` would do."""
    is_last = len(limits_of(limit.role)) == 1
    loosens = [f"{limit.role} is not limited any more."] if is_last else []
    if limit.approval_amount is not None:
        loosens.append(f"{limit}: any amount is agreed to.")
    return Plan(
        title=f"{limit} has no limit any more",
        changes=(Change("Alone, up to", _shown(limit.amount, limit.currency), ""),),
        effects=()
        if is_last
        else (f"Nothing in {limit.currency.upper()} is done alone: the role has other limits.",),
        loosens=tuple(loosens),
        events=("limit.removed",),
    )


@transaction.atomic
def remove_limit(*, limit_id: UUID, agreed: str | None = None, origin: Origin) -> None:
    """
    Take a limit away. Records `limit.removed`.

    :raises ResourceNotFound: if there is none.
    :raises PlanChanged: if another plan was agreed to.
    """
    lock_limits()
    limit = Limit.objects.filter(pk=limit_id).first()
    if limit is None:
        raise ResourceNotFound
    plan_remove_limit(limit=limit).require(agreed)
    record(
        "limit.removed",
        subject=limit,
        organization_id=None,
        origin=origin,
        changes={"amount": (limit.amount, None)},
        payload={"role": limit.role, "currency": limit.currency},
    )
    limit.delete()


def _require_sense(role: str, currency: str, amount: int, approval_amount: int | None) -> None:
    if role not in Limit.Role.values:
        raise ValidationFailed.at("body", "role", msg="Not a role that moves money.", value=role)
    if not is_presentment_currency(currency):
        raise ValidationFailed.at("body", "currency", msg="Not a currency we know.", value=currency)
    if amount < 0 or (approval_amount is not None and approval_amount < 0):
        raise ValidationFailed.at("body", "amount", msg="Must not be below zero.", value=amount)


def _shown(amount: int | None, currency: str) -> str:
    return "any amount" if amount is None else format_amount(amount, currency)
