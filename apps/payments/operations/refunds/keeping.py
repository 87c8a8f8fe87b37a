"""A refund under way keeps its part of the merchant's money from being paid out."""

from __future__ import annotations

from apps.core.origin import Origin
from apps.ledger.operations import post_refund_hold, post_refund_release
from apps.payments.models import Refund


def follow_refund(refund: Refund, origin: Origin) -> None:
    """
    Keep what a pending refund will take, or give back what was kept for one that has ended.

    The caller holds the refund. The same again changes nothing.
    """
    if refund.status != Refund.Status.PENDING:
        post_refund_release(refund_id=refund.pk, origin=origin)
        return
    post_refund_hold(
        refund_id=refund.pk,
        charge_id=refund.payment.processor_id,
        amount=refund.amount,
        origin=origin,
    )
