"""The row locks of payments."""

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, Prepared
from apps.payments.models import ChargeAttempt, Payment, Refund

_payment = Prepared(
    lambda value: (
        Payment.objects.select_related("organization", "customer", "order")
        .select_for_update(of=("self",))
        .filter(processor_id=value)
    )
)
_attempt = Prepared(
    lambda value: ChargeAttempt.objects.select_for_update(of=("self",)).filter(pk=value),
    mark=ID_MARK,
)


def lock_payment(processor_id: str) -> Payment:
    """The payment of a charge (or chargeless intent), locked until the transaction ends."""
    found = _payment.first(processor_id)
    if found is None:
        raise ResourceNotFound
    return found


def lock_charge_attempt(attempt_id: UUID) -> ChargeAttempt:
    """The attempt, locked until the transaction ends; its order is to be locked before."""
    found = _attempt.first(attempt_id)
    if found is None:
        raise ResourceNotFound
    return found


def lock_payment_row(payment_id: UUID) -> Payment:
    """A payment by its own id, locked until the transaction ends."""
    rows = Payment.objects.select_related("organization", "customer", "order")
    found = rows.select_for_update(of=("self",), no_key=True).filter(pk=payment_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def lock_refund(refund_id: UUID) -> Refund:
    """
    The refund, locked until the transaction ends.

    Its order is to be locked before, or its payment where that pays nothing.
    """
    rows = Refund.objects.select_related(
        "organization",
        "payment__organization",
        "order__organization",
        "order__customer",
        "customer",
        "retry_of",
    )
    found = rows.select_for_update(of=("self",)).filter(pk=refund_id).first()
    if found is None:
        raise ResourceNotFound
    return found
