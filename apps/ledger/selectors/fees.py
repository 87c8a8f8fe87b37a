"""What a merchant pays the platform, and the gifts against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum

from apps.core.prepared import ID_MARK, Prepared
from apps.ledger import plans
from apps.ledger.models import FeeCredit, FeePlan


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """The plan of a merchant; `has_processor_fees` passes the processor's surcharges on."""

    name: str
    rates: plans.FeePlan
    has_processor_fees: bool


_plan = Prepared(lambda value: FeePlan.objects.filter(organization_id=value), mark=ID_MARK)
DEFAULT_TERMS = FeeTerms("starter", plans.DEFAULT_PLAN, True)


def fee_terms(organization_id: UUID) -> FeeTerms:
    """The terms in force; the default plan for a merchant who was never given one."""
    row = _plan.first(organization_id)
    return terms_of(row) if row else DEFAULT_TERMS


def terms_of(row: FeePlan) -> FeeTerms:
    """The terms a row stores."""
    rates = plans.FeePlan(
        bps=row.payment_bps,
        fixed_amount=row.payment_fixed_amount,
        subscription_bps=row.subscription_bps,
        three_d_secure_amount=row.three_d_secure_amount,
        fraud_warning_amount=row.fraud_warning_amount,
    )
    return FeeTerms(row.name, rates, row.has_processor_fees)


def fee_credit_balance(organization_id: UUID, *, at: datetime) -> int:
    """What is left of all usable fee credits, in cents of the settlement currency."""
    total = (
        FeeCredit.objects.active(at=at)
        .filter(organization_id=organization_id)
        .aggregate(left=Sum(F("amount") - F("used_amount")))["left"]
    )
    return int(total or 0)
