"""What can be done with checkouts."""

from apps.checkouts.operations.charging import resume_checkout, withdraw_former_intent
from apps.checkouts.operations.confirming import confirm_checkout
from apps.checkouts.operations.creating import NewCheckout, create_checkout
from apps.checkouts.operations.expiring import expire_checkout, expire_checkouts
from apps.checkouts.operations.forgetting import forget_buyer
from apps.checkouts.operations.settling import handle_failure, handle_success
from apps.checkouts.operations.updating import mark_checkout_opened, update_checkout

__all__ = [
    "NewCheckout",
    "confirm_checkout",
    "create_checkout",
    "expire_checkout",
    "expire_checkouts",
    "forget_buyer",
    "handle_failure",
    "handle_success",
    "mark_checkout_opened",
    "resume_checkout",
    "update_checkout",
    "withdraw_former_intent",
]
