"""Finalizing: from a draft order to an outcome while the merchant's program waits."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.orders.errors import OrderNotDraft, PaymentAlreadyInProgress
from apps.orders.models import Order
from apps.orders.operations import (
    claim_draft_order,
    pay_order,
    require_off_session_feature,
)
from apps.payments.errors import OrganizationNotReadyForPayments
from apps.payments.operations.attempting import begin_charge_attempt
from apps.payments.operations.charging import ask_for_charge


def finalize_order(
    *, order_id: UUID, payment_method_id: UUID | None = None, origin: Origin
) -> Order:
    """
    Charge a draft at once, or make it paid without a charge where nothing is due.

    After a refusal the order is a draft again and may be finalized anew. Called outside a
    transaction.

    :raises OrderNotDraft: in any other state, and for the loser of two at the same time.
    :raises OffSessionChargesNotEnabled: unless the organization has that feature.
    :raises OrganizationNotReadyForPayments: while it may not take payments.
    :raises ValidationFailed: for a payment method that is not the customer's.
    :raises PaymentFailed: without a method to charge, or if the charge was declined.
    :raises PaymentActionRequired: if the customer would have to authenticate the payment.
    :raises ProcessorUnavailable: if the processor was not reached; nothing was charged.
    :raises PaymentAlreadyInProgress: if the outcome is not known yet. The order stays pending
        until it is.
    """
    order = _require_chargeable(order_id)
    if order.due_amount == 0:
        return _settle_free_order(order_id=order.pk, origin=origin)
    attempt = begin_charge_attempt(
        order_id=order.pk, payment_method_id=payment_method_id, origin=origin
    )
    ask_for_charge(attempt, is_first_try=True, origin=origin)
    return _paid_order(order.pk)


def _require_chargeable(order_id: UUID) -> Order:
    order = Order.objects.select_related("organization").filter(pk=order_id).first()
    if order is None:
        raise ResourceNotFound
    if order.status != Order.Status.DRAFT:
        raise OrderNotDraft
    require_off_session_feature(order.organization)
    if not order.organization.can("checkout_payments"):
        raise OrganizationNotReadyForPayments
    return order


@transaction.atomic
def _settle_free_order(*, order_id: UUID, origin: Origin) -> Order:
    claim_draft_order(order_id=order_id, origin=origin)
    return pay_order(order_id=order_id, origin=origin)


def _paid_order(order_id: UUID) -> Order:
    order = Order.objects.get(pk=order_id)
    if not order.is_paid:
        raise PaymentAlreadyInProgress(
            "The processor has not confirmed the payment yet. The order stays pending until then."
        )
    return order
