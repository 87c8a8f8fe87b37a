"""What can be done with the balance of a customer."""

from apps.wallets.operations.adjusting import (
    adjust_wallet,
    plan_wallet_adjustment,
)
from apps.wallets.operations.applying import (
    Applied,
    apply_to_order,
    carry_over,
    retake_of_unvoid,
    return_of_void,
)
from apps.wallets.operations.filling import (
    create_wallet,
    credit_top_up,
    give_up_top_up,
    promise_top_up,
    require_fillable,
)
from apps.wallets.operations.moving import MovementConflict
from apps.wallets.operations.refunding import give_back_refund, reduce_by_refund

__all__ = [
    "Applied",
    "MovementConflict",
    "adjust_wallet",
    "apply_to_order",
    "carry_over",
    "create_wallet",
    "credit_top_up",
    "give_back_refund",
    "give_up_top_up",
    "plan_wallet_adjustment",
    "promise_top_up",
    "reduce_by_refund",
    "require_fillable",
    "retake_of_unvoid",
    "return_of_void",
]
