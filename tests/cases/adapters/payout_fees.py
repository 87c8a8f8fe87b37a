"""What a payout costs, and how small it may be."""

from apps.payouts.countries import minimum_payout as minimum_of
from apps.payouts.fees import ACCOUNT_FEE_DAYS, payout_amounts
from tests.cases.registry import Facts, adapter

AREA = "payout_fees"


@adapter(AREA)
def payout_fees(given: Facts, when: Facts) -> Facts:
    days = given["days_since_last_payout"]
    amounts = payout_amounts(
        when["balance"],
        country=given["country"],
        is_account_fee_due=days is None or days > ACCOUNT_FEE_DAYS,
        has_fees=given["payout_account"] == "stripe" and given["processor_fees_applicable"],
    )
    return {"fees": amounts.fees_as_json(), "net": amounts.net_amount, "error": None}


@adapter(AREA)
def minimum_payout(given: Facts, when: Facts) -> Facts:
    return {"minimum": minimum_of(currency=given["currency"], country=given["country"])}
