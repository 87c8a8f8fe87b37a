"""A customer who adds a card: saved without a charge, at once or after the bank has asked them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.payments.errors import CustomerNotReady, PaymentMethodSetupFailed
from apps.payments.models import PaymentMethod
from apps.payments.operations.methods import save_payment_method
from apps.payments.operations.recording import uuid_of
from apps.payments.operations.registering import register_at_processor
from apps.processors import gateway
from apps.processors.errors import PaymentError
from apps.processors.gateway import Intent

DEFAULT_KEY = "set_default"
CUSTOMER_KEY = "customer_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """`status` is `succeeded`, with the method, or what the customer's browser goes on from."""

    status: str
    intent_id: str
    client_secret: str
    method: PaymentMethod | None = None


def add_payment_method(
    *,
    customer_id: UUID,
    confirmation_token_id: str,
    is_default: bool,
    return_url: str,
    origin: Origin,
) -> SetUp:
    """
    Save the method of a confirmation token, for charges without the customer.

    Asking again with the same token finds what it came to the first time. Called outside a
    transaction.

    :raises PaymentMethodSetupFailed: if the bank or the processor refuses it.
    :raises ProcessorUnavailable, OutcomeUnknown: not known now; asking again is safe.
    """
    customer = Customer.objects.get(pk=customer_id)
    processor_id = register_at_processor(customer_id=customer.pk, origin=origin)
    try:
        intent = gateway.confirm_setup_intent(
            key=f"setup:{customer.pk}:{confirmation_token_id}"[:255],
            customer_id=processor_id,
            confirmation_token=confirmation_token_id,
            return_url=return_url,
            metadata={
                "organization_id": str(customer.organization_id),
                CUSTOMER_KEY: str(customer.pk),
                DEFAULT_KEY: "true" if is_default else "",
            },
        )
    except PaymentError as error:
        raise PaymentMethodSetupFailed(error.detail) from error
    method = _save(customer, intent, is_default=is_default, origin=origin)
    return SetUp(
        status=intent.status,
        intent_id=intent.id,
        client_secret=intent.client_secret,
        method=method,
    )


def confirm_payment_method(
    *, customer_id: UUID, setup_intent_id: str, is_default: bool, origin: Origin
) -> PaymentMethod:
    """
    Save the method of a setup intent that the customer has completed; twice is harmless.

    Called outside a transaction.

    :raises CustomerNotReady: for an intent of somebody else, or of nobody.
    :raises PaymentMethodSetupFailed: if it has not succeeded.
    :raises ProcessorUnavailable: if it cannot be read now.
    """
    customer = Customer.objects.get(pk=customer_id)
    try:
        intent = gateway.read_setup_intent(setup_intent_id)
    except PaymentError as error:
        raise CustomerNotReady from error
    if not customer.processor_customer_id or intent.customer_id != customer.processor_customer_id:
        raise CustomerNotReady
    method = _save(customer, intent, is_default=is_default, origin=origin)
    if method is None:
        raise PaymentMethodSetupFailed(intent.error_message)
    return method


@transaction.atomic
def take_set_up_method(*, intent: Intent, origin: Origin) -> PaymentMethod | None:
    """
    Save the method of a setup intent that the processor reports, if it was begun here.

    None if it was not. A method that is known stays as it is, a removed one included: this may be
    a late report of its first day.
    """
    customer_id = uuid_of(intent.metadata, CUSTOMER_KEY)
    if customer_id is None or intent.method is None:
        return None
    customer = Customer.objects.filter(pk=customer_id, deleted_at=None).first()
    if customer is None:
        return None
    known = PaymentMethod.objects.filter(
        customer=customer, processor_id=intent.method.processor_id
    ).first()
    if known is not None:
        return known
    is_default = bool(intent.metadata.get(DEFAULT_KEY))
    return _save(customer, intent, is_default=is_default, origin=origin)


def _save(
    customer: Customer, intent: Intent, *, is_default: bool, origin: Origin
) -> PaymentMethod | None:
    if intent.status != "succeeded" or intent.method is None:
        return None
    return save_payment_method(
        customer=customer, method=intent.method, is_default=is_default, origin=origin
    )
