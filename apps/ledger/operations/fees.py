"""Fee plans and fee credits: what staff decide about a merchant's fees."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.errors import DomainError, ResourceNotFound, ValidationFailed
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Money, Plan
from apps.events.operations import record
from apps.ledger import plans
from apps.ledger.locks import lock_fee_credit
from apps.ledger.models import FeeCredit, FeePlan
from apps.ledger.selectors.fees import FeeTerms, fee_terms
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization


class FeeCreditAlreadyRevoked(DomainError):
    """It was revoked before; nothing changed."""

    status = 409
    message = "This fee credit was revoked before."


def assign_fee_plan(
    *, organization_id: UUID, plan: str, has_processor_fees: bool = True, origin: Origin
) -> FeePlan:
    """
    Put a merchant on a published plan: its rates are copied and hold from the next sale on.

    :raises ValidationFailed: if there is no such plan.
    :raises ResourceNotFound: if there is no such organization.
    """
    published = plans.PLANS.get(plan)
    if published is None:
        raise ValidationFailed.at(
            "body", "plan", msg=f"Choose one of {', '.join(plans.PLANS)}.", value=plan
        )
    terms = FeeTerms(plan, published.rates, has_processor_fees)
    return set_fee_terms(organization_id=organization_id, terms=terms, origin=origin)


@transaction.atomic
def set_fee_terms(*, organization_id: UUID, terms: FeeTerms, origin: Origin) -> FeePlan:
    """
    Give a merchant these terms from the next sale on; the same terms again change nothing.

    :raises ResourceNotFound: if there is no such organization.
    """
    lock_organization(organization_id)
    before = fee_terms(organization_id)
    row, _ = FeePlan.objects.update_or_create(
        organization_id=organization_id,
        defaults={
            "name": terms.name,
            "payment_bps": terms.rates.bps,
            "payment_fixed_amount": terms.rates.fixed_amount,
            "subscription_bps": terms.rates.subscription_bps,
            "three_d_secure_amount": terms.rates.three_d_secure_amount,
            "fraud_warning_amount": terms.rates.fraud_warning_amount,
            "has_processor_fees": terms.has_processor_fees,
        },
    )
    changes = _differences(before, terms)
    if changes:
        record(
            "fee_plan.assigned",
            subject=row,
            organization_id=organization_id,
            origin=origin,
            changes=changes,
        )
    return row


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


@transaction.atomic
def revoke_fee_credit(*, credit_id: UUID, origin: Origin) -> FeeCredit:
    """
    Take back what is left of a fee credit; what was used stays used.

    :raises ResourceNotFound: if there is no such credit.
    :raises FeeCreditAlreadyRevoked: the second time.
    """
    try:
        credit = lock_fee_credit(credit_id)
    except FeeCredit.DoesNotExist:
        raise ResourceNotFound from None
    if credit.revoked_at is not None:
        raise FeeCreditAlreadyRevoked
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


def _differences(before: FeeTerms, after: FeeTerms) -> dict[str, tuple[object, object]]:
    old, new = _flat(before), _flat(after)
    return {name: (old[name], new[name]) for name in new if old[name] != new[name]}


def _flat(terms: FeeTerms) -> dict[str, object]:
    return {
        "name": terms.name,
        **asdict(terms.rates),
        "has_processor_fees": terms.has_processor_fees,
    }
