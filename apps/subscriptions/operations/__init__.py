"""What can be done with subscriptions."""

from apps.subscriptions.operations.billing import create_order_from_entries, create_trial_order
from apps.subscriptions.operations.canceling import (
    cancel_subscription,
    end_disputed_subscription,
    revoke_subscription,
    revoke_subscriptions_of_customer,
    revoke_subscriptions_of_organization,
    uncancel_subscription,
)
from apps.subscriptions.operations.changing.discount import change_discount
from apps.subscriptions.operations.changing.pending import discard_pending_update
from apps.subscriptions.operations.changing.planning import (
    plan_change_product,
    plan_change_seats,
    plan_change_units,
    plan_discard_pending_update,
)
from apps.subscriptions.operations.changing.product import change_product
from apps.subscriptions.operations.changing.quantity import change_seats, change_units
from apps.subscriptions.operations.creating import (
    FreeSubscription,
    create_free_subscription,
    create_subscription,
    require_no_other_subscription,
)
from apps.subscriptions.operations.cycling import cycle_subscription
from apps.subscriptions.operations.dunning import (
    collect_due_order,
    collect_new_order,
    handle_order_paid,
    handle_payment_failed,
    retry_due_order,
)
from apps.subscriptions.operations.ending import void_orders_of_ended
from apps.subscriptions.operations.forgetting import forget_subscriber
from apps.subscriptions.operations.methods import (
    remove_payment_method,
    take_new_default,
)
from apps.subscriptions.operations.pausing import (
    cancel_pause,
    pause_subscription,
    resume_due_subscription,
    resume_subscription,
)
from apps.subscriptions.operations.redeeming import redeem_trial, release_trial, require_first_trial
from apps.subscriptions.operations.reinstating import reinstate_subscription
from apps.subscriptions.operations.retrying import (
    plan_retry_orders,
    retry_orders,
)
from apps.subscriptions.operations.scheduling import claim_due_subscriptions, cycle_if_due
from apps.subscriptions.operations.trialing import change_period_end, set_trial_end
from apps.subscriptions.operations.updating import (
    SubscriptionUpdate,
    update_subscription,
    update_subscription_metadata,
)
from apps.subscriptions.operations.upgrading import upgrade_subscription

__all__ = [
    "FreeSubscription",
    "SubscriptionUpdate",
    "cancel_pause",
    "cancel_subscription",
    "change_discount",
    "change_period_end",
    "change_product",
    "change_seats",
    "change_units",
    "claim_due_subscriptions",
    "collect_due_order",
    "collect_new_order",
    "create_free_subscription",
    "create_order_from_entries",
    "create_subscription",
    "create_trial_order",
    "cycle_if_due",
    "cycle_subscription",
    "discard_pending_update",
    "end_disputed_subscription",
    "forget_subscriber",
    "handle_order_paid",
    "handle_payment_failed",
    "pause_subscription",
    "plan_change_product",
    "plan_change_seats",
    "plan_change_units",
    "plan_discard_pending_update",
    "plan_retry_orders",
    "redeem_trial",
    "reinstate_subscription",
    "release_trial",
    "remove_payment_method",
    "require_first_trial",
    "require_no_other_subscription",
    "resume_due_subscription",
    "resume_subscription",
    "retry_due_order",
    "retry_orders",
    "revoke_subscription",
    "revoke_subscriptions_of_customer",
    "revoke_subscriptions_of_organization",
    "set_trial_end",
    "take_new_default",
    "uncancel_subscription",
    "update_subscription",
    "update_subscription_metadata",
    "upgrade_subscription",
    "void_orders_of_ended",
]
