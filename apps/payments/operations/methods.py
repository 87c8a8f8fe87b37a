"""Saved payment methods."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.events.operations import record
from apps.payments.models import PaymentMethod
from apps.processors.gateway import MethodFacts


@transaction.atomic
def save_payment_method(
    *, customer: Customer, method: MethodFacts, origin: Origin
) -> PaymentMethod:
    """
    Keep a method that the processor has saved for the customer.

    The first one becomes the customer's default. Known already: its facts are brought up to
    date, and a deleted one comes back.
    """
    saved, is_new = PaymentMethod.objects.get_or_create(
        customer=customer,
        processor_id=method.processor_id,
        defaults={
            "created_at": origin.at,
            "organization_id": customer.organization_id,
            "type": method.type,
            "method_metadata": dict(method.metadata),
            "fingerprint": method.fingerprint,
        },
    )
    if not is_new:
        saved.method_metadata, saved.fingerprint = dict(method.metadata), method.fingerprint
        saved.deleted_at, saved.modified_at = None, origin.at
        saved.save(update_fields=["method_metadata", "fingerprint", "deleted_at", "modified_at"])
        return saved
    Customer.objects.filter(pk=customer.pk, default_payment_method_id=None).update(
        default_payment_method_id=saved.pk, modified_at=origin.at
    )
    record(
        "payment_method.saved",
        subject=saved,
        organization_id=customer.organization_id,
        origin=origin,
        payload={"customer_id": str(customer.pk), "type": method.type},
    )
    return saved


@transaction.atomic
def forget_payment_method(*, payment_method_id: UUID, origin: Origin) -> None:
    """
    Stop using a method; a customer whose default it was has none then. Twice is harmless.

    :raises ResourceNotFound: if there is no such method.
    """
    method = PaymentMethod.objects.filter(pk=payment_method_id).first()
    if method is None:
        raise ResourceNotFound
    alive = PaymentMethod.objects.filter(pk=method.pk, deleted_at=None)
    if not alive.update(deleted_at=origin.at, modified_at=origin.at):
        return
    Customer.objects.filter(default_payment_method_id=method.pk).update(
        default_payment_method_id=None, modified_at=origin.at
    )
    record(
        "payment_method.forgotten",
        subject=method,
        organization_id=method.organization_id,
        origin=origin,
        payload={"customer_id": str(method.customer_id)},
    )
