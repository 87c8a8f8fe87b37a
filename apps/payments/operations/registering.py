"""Customers of ours as customers of the processor."""

from __future__ import annotations

from uuid import UUID

from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.processors import gateway


def register_at_processor(*, customer_id: UUID, origin: Origin) -> str:
    """
    The processor's id of a customer, made on first need.

    Called outside a transaction: the processor is asked under a key derived from the customer,
    so a crash between its answer and our commit leads to the same id the next time.

    :raises PaymentError: if the processor refuses the customer's details.
    :raises ProcessorUnavailable: if it was not reached.
    :raises OutcomeUnknown: if its answer was lost; calling again is safe.
    """
    customer = Customer.objects.get(pk=customer_id)
    if customer.processor_customer_id:
        return customer.processor_customer_id
    processor_id = gateway.create_customer(
        key=f"customer:{customer.pk}",
        # No e-mail, name or address: they may change between two tries of the same key.
        email=None,
        name=None,
        metadata={
            "customer_id": str(customer.pk),
            "organization_id": str(customer.organization_id),
        },
    )
    Customer.objects.filter(pk=customer.pk, processor_customer_id=None).update(
        processor_customer_id=processor_id, modified_at=origin.at
    )
    return processor_id


def refresh_at_processor(*, customer_id: UUID, key: str) -> None:
    """
    Tell the processor the customer's present details, under `key`.

    Nothing of ours depends on them there, so a refusal is left to the next time.
    """
    customer = Customer.objects.get(pk=customer_id)
    if customer.processor_customer_id:
        gateway.update_customer(
            key=key,
            customer_id=customer.processor_customer_id,
            email=customer.email,
            name=customer.billing_name or customer.name,
            address=customer.billing_address,
        )
