"""What can be done with checkouts."""

from apps.checkouts.operations.charging import resume_checkout, withdraw_former_intent
from apps.checkouts.operations.confirming import confirm_checkout
from apps.checkouts.operations.creating import NewCheckout, create_checkout
from apps.checkouts.operations.expiring import expire_checkout, expire_checkouts
from apps.checkouts.operations.forgetting import forget_buyer
from apps.checkouts.operations.linking import LinkInput, create_link, delete_link, update_link
from apps.checkouts.operations.opening import Prefill, open_link
from apps.checkouts.operations.settling import handle_failure, handle_success
from apps.checkouts.operations.updating import mark_checkout_opened, update_checkout

__all__ = [
    "LinkInput",
    "NewCheckout",
    "Prefill",
    "confirm_checkout",
    "create_checkout",
    "create_link",
    "delete_link",
    "expire_checkout",
    "expire_checkouts",
    "forget_buyer",
    "handle_failure",
    "handle_success",
    "mark_checkout_opened",
    "open_link",
    "resume_checkout",
    "update_checkout",
    "update_link",
    "withdraw_former_intent",
]
