"""Fee terms: what a merchant pays the platform for each sale, and for what it costs besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.errors import ValidationFailed
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.events.operations import record
from apps.ledger import plans
from apps.ledger.models import FeePlan
from apps.ledger.selectors.fees import FeeTerms, fee_terms
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization

# What each term is called where people read it.
LABELS: Final[Mapping[str, str]] = {
    "name": "Plan",
    "bps": "Share of a sale",
    "fixed_amount": "Fixed amount of a sale",
    "subscription_bps": "Further share of a subscription's sale",
    "three_d_secure_amount": "For a 3-D Secure authentication",
    "fraud_warning_amount": "For a warning of fraud",
    "has_processor_fees": "The processor's surcharges",
}


def published_terms(plan: str, *, has_processor_fees: bool) -> FeeTerms:
    """
    The terms of a published plan.

    :raises ValidationFailed: if there is no such plan.
    """
    published = plans.PLANS.get(plan)
    if published is None:
        raise ValidationFailed.at(
            "body", "plan", msg=f"Choose one of {', '.join(plans.PLANS)}.", value=plan
        )
    return FeeTerms(plan, published.rates, has_processor_fees)


def assign_fee_plan(
    *,
    organization_id: UUID,
    plan: str,
    has_processor_fees: bool = True,
    agreed: str | None = None,
    origin: Origin,
) -> FeePlan:
    """
    Put a merchant on a published plan: its rates are copied and hold from the next sale on.

    :raises ValidationFailed: if there is no such plan.
    :raises ResourceNotFound: if there is no such organization.
    :raises PlanChanged: as `set_fee_terms`.
    """
    terms = published_terms(plan, has_processor_fees=has_processor_fees)
    return set_fee_terms(organization_id=organization_id, terms=terms, agreed=agreed, origin=origin)


def plan_set_fee_terms(*, organization_id: UUID, terms: FeeTerms, origin: Origin) -> Plan:
    """What `set_fee_terms` would do: every term that becomes another, before and after."""
    before = fee_terms(organization_id)
    old, new = _flat(before), _flat(terms)
    changes = tuple(
        Change(label, _said(name, old[name]), _said(name, new[name]))
        for name, label in LABELS.items()
        if old[name] != new[name]
    )
    organization = Organization.objects.get(pk=organization_id)
    if not changes:
        return Plan(title=f"{organization} has these fee terms already")
    rates = terms.rates
    is_asked = bool(rates.three_d_secure_amount or rates.fraud_warning_amount)
    return Plan(
        title=f"{organization} has other fee terms",
        changes=changes,
        effects=("They hold from the next sale on; what was booked stays as it is.",),
        warnings=(
            "Surcharges are not passed on, so nothing is charged for 3-D Secure or warnings.",
        )
        if is_asked and not terms.has_processor_fees
        else (),
        events=("fee_plan.assigned",),
    )


@transaction.atomic
def set_fee_terms(
    *, organization_id: UUID, terms: FeeTerms, agreed: str | None = None, origin: Origin
) -> FeePlan:
    """
    Give a merchant these terms from the next sale on; the same terms again change nothing.

    :raises ResourceNotFound: if there is no such organization.
    :raises PlanChanged: if another plan was agreed to.
    """
    lock_organization(organization_id)
    plan_set_fee_terms(organization_id=organization_id, terms=terms, origin=origin).require(agreed)
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


def _differences(before: FeeTerms, after: FeeTerms) -> dict[str, tuple[object, object]]:
    old, new = _flat(before), _flat(after)
    return {name: (old[name], new[name]) for name in new if old[name] != new[name]}


def _flat(terms: FeeTerms) -> dict[str, object]:
    return {
        "name": terms.name,
        **asdict(terms.rates),
        "has_processor_fees": terms.has_processor_fees,
    }


def _said(name: str, value: object) -> str:
    """A term as people say it."""
    if isinstance(value, bool):
        return "passed on" if value else "not passed on"
    if name.endswith("bps"):
        return f"{int(str(value)) / 100:g} %"
    if isinstance(value, int):
        return format_amount(value, settings.SETTLEMENT_CURRENCY)
    return str(value)
