"""Jobs of payments and of refunds."""

from apps.payments.tasks import payments, refunds
from apps.payments.tasks.payments import (
    book_missing_charges_task,
    charge_collection_task,
    detach_method_task,
    resume_charge_attempt_task,
    resume_charge_attempts_task,
)
from apps.payments.tasks.refunds import (
    resume_refund_task,
    resume_refunds_task,
    return_unclaimed_task,
)

__all__ = [
    "book_missing_charges_task",
    "charge_collection_task",
    "detach_method_task",
    "register",
    "resume_charge_attempt_task",
    "resume_charge_attempts_task",
    "resume_refund_task",
    "resume_refunds_task",
    "return_unclaimed_task",
]


def register() -> None:
    """Have the time machine do what beat does; called once at start."""
    payments.register()
    refunds.register()
