"""Fee credits: gifts against a merchant's future platform fees."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.errors import DomainError, ResourceNotFound, ValidationFailed
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Money, Plan
from apps.events.operations import record
from apps.ledger.locks import lock_fee_credit
from apps.ledger.models import FeeCredit
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization


class FeeCreditAlreadyRevoked(DomainError):
    """It was revoked before; nothing changed."""

    status = 409
    message = "This fee credit was revoked before."


def plan_grant_fee_credit(
    *,
    organization_id: UUID,
    title: str,
    amount: int,
    expires_at: datetime | None = None,
    origin: Origin,
) -> Plan:
    """
    What `grant_fee_credit` would do.

    :raises ValidationFailed: as `grant_fee_credit`.
    """
    if amount <= 0:
        raise ValidationFailed.at("body", "amount", msg="Must be positive.", value=amount)
    if expires_at is not None and expires_at <= origin.at:
        raise ValidationFailed.at("body", "expires_at", msg="Must lie in the future.")
    until = f" until {expires_at:%d %b %Y}" if expires_at else ""
    currency = settings.SETTLEMENT_CURRENCY
    organization = Organization.objects.get(pk=organization_id)
    return Plan(
        title=f"{organization} is granted {format_amount(amount, currency)}",
        effects=(f"{title}: used up by its next platform fees{until}.",),
        money=(Money("Given against fees", amount, currency),),
        events=("fee_credit.granted",),
    )


@transaction.atomic
def grant_fee_credit(
    *,
    organization_id: UUID,
    title: str,
    amount: int,
    expires_at: datetime | None = None,
    agreed: str | None = None,
    origin: Origin,
) -> FeeCredit:
    """
    Give a merchant `amount` cents of the settlement currency against future platform fees.

    Each call is a gift of its own.

    :raises ValidationFailed: for an amount that is not positive, or an expiry in the past.
    :raises ResourceNotFound: if there is no such organization.
    :raises PlanChanged: if another plan was agreed to.
    """
    lock_organization(organization_id)
    plan_grant_fee_credit(
        organization_id=organization_id,
        title=title,
        amount=amount,
        expires_at=expires_at,
        origin=origin,
    ).require(agreed)
    credit = FeeCredit.objects.create(
        organization_id=organization_id,
        title=title,
        amount=amount,
        granted_at=origin.at,
        expires_at=expires_at,
    )
    record(
        "fee_credit.granted",
        subject=credit,
        organization_id=organization_id,
        origin=origin,
        payload={
            "title": title,
            "amount": amount,
            "expires_at": expires_at.isoformat() if expires_at else None,
        },
    )
    return credit


def plan_revoke_fee_credit(*, credit_id: UUID, origin: Origin) -> Plan:
    """What `revoke_fee_credit` would do. Raises as it does."""
    credit = FeeCredit.objects.filter(pk=credit_id).first()
    if credit is None:
        raise ResourceNotFound
    return _plan_revoking(credit)


@transaction.atomic
def revoke_fee_credit(*, credit_id: UUID, agreed: str | None = None, origin: Origin) -> FeeCredit:
    """
    Take back what is left of a fee credit; what was used stays used.

    :raises ResourceNotFound: if there is no such credit.
    :raises FeeCreditAlreadyRevoked: the second time.
    :raises PlanChanged: if another plan was agreed to, as when some was used meanwhile.
    """
    try:
        credit = lock_fee_credit(credit_id)
    except FeeCredit.DoesNotExist:
        raise ResourceNotFound from None
    _plan_revoking(credit).require(agreed)
    withdrawn = credit.remaining_amount
    credit.revoked_at = origin.at
    credit.save(update_fields=["revoked_at"])
    record(
        "fee_credit.revoked",
        subject=credit,
        organization_id=credit.organization_id,
        origin=origin,
        changes={"revoked_at": (None, origin.at.isoformat())},
        payload={"withdrawn_amount": withdrawn},
    )
    return credit


def _plan_revoking(credit: FeeCredit) -> Plan:
    if credit.revoked_at is not None:
        raise FeeCreditAlreadyRevoked
    currency = settings.SETTLEMENT_CURRENCY
    used = format_amount(credit.used_amount, currency)
    return Plan(
        title=f"The fee credit “{credit}” is revoked",
        changes=(Change(str(credit), "valid", "revoked"),),
        effects=(f"{used} of it were used and stay used; no platform fee is paid by it any more.",),
        money=(Money("Taken back of what was given", credit.remaining_amount, currency),),
        events=("fee_credit.revoked",),
    )
