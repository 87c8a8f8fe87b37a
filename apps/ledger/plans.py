"""What merchants pay the platform: the published plans, and rates granted by a benefit."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_MAX_BPS: Final = 10_000


class InvalidPlanGrant(ValueError):
    """The rates of a grant cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeePlan:
    """Rates in hundredths of a percent and fixed amounts in settlement minor units."""

    bps: int
    fixed_amount: int
    subscription_bps: int = 0
    three_d_secure_amount: int = 0
    fraud_warning_amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPlan:
    """A plan that can be subscribed to, with its price a month in US cents."""

    rates: FeePlan
    monthly_amount: int


DEFAULT_PLAN: Final = FeePlan(bps=500, fixed_amount=50)

PLANS: Final[Mapping[str, PublishedPlan]] = {
    "starter": PublishedPlan(rates=DEFAULT_PLAN, monthly_amount=0),
    "pro": PublishedPlan(rates=FeePlan(bps=380, fixed_amount=40), monthly_amount=2_000),
    "growth": PublishedPlan(rates=FeePlan(bps=360, fixed_amount=35), monthly_amount=10_000),
    "scale": PublishedPlan(rates=FeePlan(bps=340, fixed_amount=30), monthly_amount=40_000),
    # For organizations from before the plans above; lost on the first change of plan.
    "early_member": PublishedPlan(
        rates=FeePlan(bps=400, fixed_amount=40, subscription_bps=50), monthly_amount=0
    ),
}


def plan_from_grant(grant: Mapping[str, Any] | None) -> FeePlan:
    """
    The rates that a benefit's metadata sets: `fee_percent` and `subscription_fee_percent` in
    hundredths of a percent, `fee_fixed` in minor units, as numbers or text.

    Without a grant (the plan was left) these are the default rates.

    :raises InvalidPlanGrant: if a rate is missing, no whole number, negative or above 100 %.
    """
    if grant is None:
        return DEFAULT_PLAN
    return FeePlan(
        bps=_whole(grant, "fee_percent", limit=_MAX_BPS),
        fixed_amount=_whole(grant, "fee_fixed"),
        subscription_bps=_whole(grant, "subscription_fee_percent", limit=_MAX_BPS, default=0),
    )


def _whole(
    grant: Mapping[str, Any], key: str, *, limit: int | None = None, default: int | None = None
) -> int:
    value = grant.get(key, default)
    if value is None or isinstance(value, bool):
        raise InvalidPlanGrant(f"{key} is missing.")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise InvalidPlanGrant(f"{key} is not a number.") from error
    if not number.is_finite() or number != number.to_integral_value() or number < 0:
        raise InvalidPlanGrant(f"{key} must be a whole number from 0.")
    if limit is not None and number > limit:
        raise InvalidPlanGrant(f"{key} is above {limit}.")
    return int(number)
