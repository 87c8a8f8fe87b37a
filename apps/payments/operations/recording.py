"""
What the processor tells about attempts to take money, kept as payments.

Its messages come in any order, twice, or from a sweep that asked: a payment is one row per
charge, found by the charge's id, and moves only forward.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.core.prepared import ID_MARK, Prepared
from apps.core.rows import insert_if_new
from apps.customers.models import Customer
from apps.events.operations import record
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.locks import lock_payment
from apps.payments.models import Payment, PaymentMethod
from apps.payments.operations.methods import save_payment_method
from apps.payments.states import PAYMENT
from apps.processors.gateway import Charge, Intent

_organization = Prepared(lambda value: Organization.objects.filter(pk=value), mark=ID_MARK)
_customers = Prepared(lambda value: Customer.objects.filter(processor_customer_id=value))
SAVE_METHOD_KEY = "save_payment_method"


@transaction.atomic(savepoint=False)
def record_charge(*, charge: Charge, origin: Origin) -> Payment | None:
    """
    The payment of a charge, brought to what the processor says.

    Records `payment.succeeded` or `payment.failed` when it gets there, once. None for a charge
    that names no organization of ours. A payment never leaves succeeded or failed again.
    """
    organization = organization_of(charge.metadata)
    if organization is None:
        return None
    customer = _customer_of(organization, charge.customer_id)
    draft = Payment(
        created_at=origin.at,
        organization=organization,
        customer=customer,
        checkout_id=uuid_of(charge.metadata, "checkout_id"),
        order_id=uuid_of(charge.metadata, "order_id"),
        processor_id=charge.id,
        intent_id=charge.intent_id or "",
        status=Payment.Status.PENDING,
        trigger=_trigger_of(charge.metadata),
        amount=charge.amount,
        currency=charge.currency,
        method=charge.method.type if charge.method else "unknown",
        method_metadata=dict(charge.method.metadata) if charge.method else {},
        processor_metadata=_kept_metadata(charge.metadata),
        email=customer.email if customer else None,
    )
    _learn_outcome(draft, charge)
    payment, is_new = _stored(draft)
    if charge.status == Payment.Status.PENDING:
        return payment
    if not is_new:
        if not PAYMENT.allows(payment.status, charge.status):
            return payment
        _learn_outcome(payment, charge)
        payment.modified_at = origin.at
        payment.save()
    method = _save_method_if_asked(payment, charge, origin)
    _announce(payment, origin, method)
    return payment


@transaction.atomic
def record_failed_intent(*, intent: Intent, origin: Origin) -> Payment | None:
    """
    The failed payment of an intent that never got as far as a charge (failed authentication).

    Records `payment.failed` once per intent. None if the intent has a charge (the charge is the
    payment then), no error, or no organization of ours.
    """
    organization = organization_of(intent.metadata)
    if organization is None or intent.charge_id or not intent.error_code:
        return None
    customer = _customer_of(organization, intent.customer_id)
    draft = Payment(
        created_at=origin.at,
        organization=organization,
        customer=customer,
        checkout_id=uuid_of(intent.metadata, "checkout_id"),
        order_id=uuid_of(intent.metadata, "order_id"),
        processor_id=intent.id,
        intent_id=intent.id,
        status=Payment.Status.FAILED,
        trigger=_trigger_of(intent.metadata),
        amount=intent.amount,
        currency=intent.currency,
        method=intent.method.type if intent.method else "unknown",
        method_metadata=dict(intent.method.metadata) if intent.method else {},
        processor_metadata=_kept_metadata(intent.metadata),
        email=customer.email if customer else None,
        decline_reason=intent.error_code,
        decline_message=intent.error_message,
    )
    payment, is_new = _stored(draft)
    if is_new:
        _announce(payment, origin)
    return payment


@transaction.atomic
def link_payment(*, payment: Payment, order: Order, origin: Origin) -> None:
    """Say which order a payment paid. `payment` is the caller's, in its transaction."""
    if payment.order_id == order.pk:
        return
    payment.order = order
    payment.modified_at = origin.at
    payment.save(update_fields=["order", "modified_at"])


def _save_method_if_asked(payment: Payment, charge: Charge, origin: Origin) -> PaymentMethod | None:
    if payment.status != Payment.Status.SUCCEEDED or not charge.metadata.get(SAVE_METHOD_KEY):
        return None
    method, customer = charge.method, payment.customer
    if customer is None or method is None or not method.processor_id:
        return None
    return save_payment_method(customer=customer, method=method, origin=origin)


def _learn_outcome(payment: Payment, charge: Charge) -> None:
    """Let a payment that is not saved yet be what became of its charge, if that is known."""
    if charge.status == Payment.Status.PENDING:
        return
    payment.status = charge.status
    payment.risk_level, payment.risk_score = charge.risk_level, charge.risk_score
    if charge.status == Payment.Status.FAILED:
        payment.decline_reason = charge.decline_reason or charge.failure_code
        payment.decline_message = charge.failure_message


def _stored(draft: Payment) -> tuple[Payment, bool]:
    """The row of this processor id, locked; whether it is the draft itself."""
    if insert_if_new(draft):
        return draft, True
    return lock_payment(draft.processor_id), False


def _announce(payment: Payment, origin: Origin, method: PaymentMethod | None = None) -> None:
    record(
        f"payment.{payment.status}",
        subject=payment,
        organization_id=payment.organization_id,
        origin=origin,
        payload={
            "checkout_id": str(payment.checkout_id) if payment.checkout_id else None,
            "order_id": str(payment.order_id) if payment.order_id else None,
            "intent_id": payment.intent_id,
            "amount": payment.amount,
            "currency": payment.currency,
            # Saved with it, where that was asked for.
            "payment_method_id": str(method.pk) if method else None,
            "attempt": payment.processor_metadata.get("checkout_attempt"),
            "decline_reason": payment.decline_reason,
            "decline_message": payment.decline_message,
        },
    )


def organization_of(metadata: Mapping[str, str]) -> Organization | None:
    """The organization that a charge or intent names; None if it is not ours."""
    organization_id = uuid_of(metadata, "organization_id")
    return _organization.first(organization_id) if organization_id else None


def _customer_of(organization: Organization, processor_id: str | None) -> Customer | None:
    if not processor_id:
        return None
    found = _customers.rows(processor_id)
    return next((one for one in found if one.organization_id == organization.pk), None)


def _trigger_of(metadata: Any) -> str | None:
    trigger = metadata.get("payment_trigger")
    return trigger if trigger in Payment.Trigger.values else None


def _kept_metadata(metadata: Any) -> dict[str, str]:
    """The facts the caller wrote on the intent; our own ids are columns already."""
    return {
        name: value
        for name, value in metadata.items()
        if name not in ("organization_id", "checkout_id", "order_id")
    }


def uuid_of(metadata: Any, name: str) -> UUID | None:
    """The id that metadata have under a name, if it is one."""
    try:
        return UUID(str(metadata.get(name) or ""))
    except ValueError:
        return None
