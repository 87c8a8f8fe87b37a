"""Ask all sources what speaks against a dispute."""

from __future__ import annotations

from uuid import UUID

from apps.disputes.dossier.evidence import Evidence, joined
from apps.disputes.dossier.registry import Case, sources, traits_of
from apps.disputes.models import Dispute
from apps.orders.models import Order
from apps.processors.errors import PaymentError
from apps.processors.gateway import checks as gateway


def gather(dispute_id: UUID) -> Evidence:
    """
    What every source says now. Reads the charge at the processor; called outside a transaction.

    :raises ProcessorUnavailable: if that was not reached.
    """
    case = case_of(dispute_id)
    said = (source(case) for source in sources())
    return joined(one for one in said if one is not None)


def case_of(dispute_id: UUID) -> Case:
    """What the sources are told."""
    rows = Dispute.objects.select_related("organization", "customer", "payment__customer")
    dispute = rows.get(pk=dispute_id)
    orders = Order.objects.select_related("organization", "customer", "product")
    order = None
    if dispute.order_id:
        order = orders.prefetch_related("items").get(pk=dispute.order_id)
    payment = dispute.payment
    try:
        checks = gateway.read_charge_checks(payment.processor_id)
    except PaymentError:
        # The processor does not know it any more; the rest can still be told.
        checks = None
    return Case(
        dispute=dispute,
        organization=dispute.organization,
        payment=payment,
        order=order,
        customer=dispute.customer or (order.customer if order else payment.customer),
        checks=checks,
        traits=traits_of([payment]),
    )
