"""What can be done with discounts."""

from apps.discounts.inputs import DiscountInput
from apps.discounts.operations.backfilling import backfill_discount_currencies
from apps.discounts.operations.ending import end_discount, plan_discount_end
from apps.discounts.operations.redeeming import (
    attach_redemption,
    redeem,
    release_redemption,
    release_subscription_redemption,
)
from apps.discounts.operations.saving import create_discount, delete_discount, update_discount
from apps.discounts.selectors import find_by_code

__all__ = [
    "DiscountInput",
    "attach_redemption",
    "backfill_discount_currencies",
    "create_discount",
    "delete_discount",
    "end_discount",
    "find_by_code",
    "plan_discount_end",
    "redeem",
    "release_redemption",
    "release_subscription_redemption",
    "update_discount",
]
