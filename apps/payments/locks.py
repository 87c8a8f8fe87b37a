"""The row locks of payments."""

from apps.core.errors import ResourceNotFound
from apps.payments.models import Payment


def lock_payment(processor_id: str) -> Payment:
    """The payment of a charge (or chargeless intent), locked until the transaction ends."""
    rows = Payment.objects.select_related("organization", "customer", "order")
    found = rows.select_for_update(of=("self",)).filter(processor_id=processor_id).first()
    if found is None:
        raise ResourceNotFound
    return found
