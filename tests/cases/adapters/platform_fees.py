"""What a payment costs the merchant, plans, credits, fees of the processor."""

from apps.ledger import fees as rules
from apps.ledger import plans
from apps.ledger.models import FeeCredit
from apps.ledger.operations.fees import grant_fee_credit, revoke_fee_credit
from apps.ledger.processor_fees import classify_processor_fee as classify
from apps.ledger.selectors.fees import fee_credit_balance
from apps.organizations.models import Organization
from tests.cases.registry import Facts, adapter
from tests.cases.world import NOW, make_organization, origin_at

AREA = "platform_fees"


def plan_of(row: Facts) -> plans.FeePlan:
    return plans.FeePlan(
        bps=row["basis_points"],
        fixed_amount=row["fixed"],
        subscription_bps=row.get("subscription_basis_points", 0),
    )


def rates(plan: plans.FeePlan) -> Facts:
    return {
        "basis_points": plan.bps,
        "fixed": plan.fixed_amount,
        "subscription_basis_points": plan.subscription_bps,
    }


def lines(fees: tuple[rules.Fee, ...]) -> list[Facts]:
    return [{"type": str(fee.type), "amount": fee.amount} for fee in fees]


@adapter(AREA)
def payment_fees(given: Facts, when: Facts) -> Facts:
    card = when.get("card")
    result = rules.payment_fees(
        plan_of(given["plan"]),
        amount=when["amount"],
        tax_amount=when["tax_amount"],
        is_subscription=bool(when.get("subscription")),
        instrument=rules.Instrument(card["type"], card.get("country")) if card else None,
        passes_processor_fees=given["processor_fees_applicable"],
        credits=[rules.Credit(row["amount"], row["used"]) for row in given.get("credits") or []],
    )
    return {
        "fees": lines(result.fees),
        "total": result.total,
        "credit_balance_after": result.credit_balance,
        "credits_used": [credit.used for credit in result.credits],
    }


@adapter(AREA)
def dispute_fees(given: Facts, when: Facts) -> Facts:
    fees = rules.dispute_fees(given["processor_fees"])
    return {"fees": lines(fees), "total": sum(fee.amount for fee in fees)}


@adapter(AREA)
def default_plan(given: Facts, when: Facts) -> Facts:
    return rates(plans.DEFAULT_PLAN)


@adapter(AREA)
def plan_rates(given: Facts, when: Facts) -> Facts:
    plan = plans.PLANS[given["plan"]]
    return {**rates(plan.rates), "monthly_price": plan.monthly_amount}


@adapter(AREA)
def apply_plan_grant(given: Facts, when: Facts) -> Facts:
    return rates(plans.plan_from_grant(given["grant"]))


@adapter(AREA)
def validate_plan_grant(given: Facts, when: Facts) -> Facts:
    try:
        plans.plan_from_grant(given["grant"])
    except plans.InvalidPlanGrant:
        return {"valid": False}
    return {"valid": True}


@adapter(AREA, db=True)
def grant_credits(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    for amount in [given["credit_balance"], *when["amounts"]]:
        if amount:
            _grant(organization, amount)
    return {"credit_balance": fee_credit_balance(organization.pk, at=NOW)}


@adapter(AREA, db=True)
def revoke_credit(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    credit = _grant(organization, when["amount"])
    credit.used_amount = when["used"]
    credit.save(update_fields=["used_amount"])
    from_others = given["credit_balance"] - credit.remaining_amount
    if from_others > 0:
        _grant(organization, from_others)
    revoke_fee_credit(credit_id=credit.pk, origin=origin_at())
    return {"credit_balance": fee_credit_balance(organization.pk, at=NOW)}


def _grant(organization: Organization, amount: int) -> FeeCredit:
    return grant_fee_credit(
        organization_id=organization.pk, title="Gift", amount=amount, origin=origin_at()
    )


@adapter(AREA)
def classify_processor_fee(given: Facts, when: Facts) -> Facts:
    return {"type": str(classify(when.get("description") or given["description"]))}
