"""The row locks of payments."""

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.payments.models import ChargeAttempt, Payment


def lock_payment(processor_id: str) -> Payment:
    """The payment of a charge (or chargeless intent), locked until the transaction ends."""
    rows = Payment.objects.select_related("organization", "customer", "order")
    found = rows.select_for_update(of=("self",)).filter(processor_id=processor_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def lock_charge_attempt(attempt_id: UUID) -> ChargeAttempt:
    """The attempt, locked until the transaction ends; its order is to be locked before."""
    rows = ChargeAttempt.objects.select_related("order", "payment_method")
    found = rows.select_for_update(of=("self",)).filter(pk=attempt_id).first()
    if found is None:
        raise ResourceNotFound
    return found
