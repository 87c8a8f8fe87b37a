"""Saved payment methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.customers.operations import update_customer
from apps.events.operations import record
from apps.payments.models import PaymentMethod
from apps.processors import gateway
from apps.processors.gateway import MethodFacts


@transaction.atomic
def save_payment_method(
    *, customer: Customer, method: MethodFacts, is_default: bool = False, origin: Origin
) -> PaymentMethod:
    """
    Keep a method that the processor has saved for the customer.

    The first one becomes the customer's default, and so does one that `is_default`. Known already:
    its facts are brought up to date, and a deleted one comes back.
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
    else:
        _tell(saved, "payment_method.saved", origin, type=method.type)
    rows = Customer.objects.filter(pk=customer.pk)
    if not is_default:
        rows = rows.filter(default_payment_method_id=None)
    _make_default(rows, saved, origin)
    return saved


@transaction.atomic
def set_default_payment_method(
    *, customer_id: UUID, payment_method_id: UUID, origin: Origin
) -> PaymentMethod:
    """
    Let a saved method be the one that the customer is charged with.

    Records `payment_method.made_default`; nothing if it is already.

    :raises ResourceNotFound: if the customer has no such living method.
    """
    rows = PaymentMethod.objects.filter(customer_id=customer_id, deleted_at=None)
    method = rows.filter(pk=payment_method_id).first()
    if method is None:
        raise ResourceNotFound
    _make_default(Customer.objects.filter(pk=customer_id), method, origin)
    return method


@transaction.atomic
def update_payer(*, customer_id: UUID, changes: Mapping[str, Any], origin: Origin) -> Customer:
    """
    Change billing details as `update_customer` does, and `default_payment_method_id` with them.

    All of it, or nothing. A default of null stays as it is.

    :raises ValidationFailed: for a value that cannot be, or a method that is not the customer's.
    """
    changed = dict(changes)
    method_id = changed.pop("default_payment_method_id", None)
    update_customer(customer_id=customer_id, changes=changed, origin=origin)
    if method_id is not None:
        try:
            set_default_payment_method(
                customer_id=customer_id, payment_method_id=method_id, origin=origin
            )
        except ResourceNotFound as error:
            raise ValidationFailed.at(
                "body",
                "default_payment_method_id",
                msg="There is no such payment method.",
                value=str(method_id),
            ) from error
    return Customer.objects.get(pk=customer_id)


@transaction.atomic
def remove_saved_method(*, payment_method_id: UUID, origin: Origin) -> None:
    """
    Forget a method, and have the processor let it go after the commit.

    :raises ResourceNotFound: if there is no such method.
    """
    forget_payment_method(payment_method_id=payment_method_id, origin=origin)
    enqueue("payments.detach_method", queue="low", payment_method_id=str(payment_method_id))


def detach_removed_method(*, payment_method_id: UUID) -> None:
    """
    Let a method go at the processor, unless it has come back meanwhile. Twice is harmless.

    Called outside a transaction.
    """
    method = PaymentMethod.objects.get(pk=payment_method_id)
    if method.deleted_at is not None:
        key = f"detach:{method.pk}:{method.deleted_at.isoformat()}"
        gateway.detach_method(key=key, method_id=method.processor_id)


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
    _tell(method, "payment_method.forgotten", origin)


def _make_default(rows: QuerySet[Customer], method: PaymentMethod, origin: Origin) -> None:
    others = rows.exclude(default_payment_method_id=method.pk)
    if others.update(default_payment_method_id=method.pk, modified_at=origin.at):
        _tell(method, "payment_method.made_default", origin)


def _tell(method: PaymentMethod, event_type: str, origin: Origin, **facts: str) -> None:
    record(
        event_type,
        subject=method,
        organization_id=method.organization_id,
        origin=origin,
        payload={"customer_id": str(method.customer_id), **facts},
    )
