"""Cards saved for customers."""

from __future__ import annotations

from apps.core.origin import Door, system_origin
from apps.customers.models import Customer
from apps.payments.models import PaymentMethod
from apps.payments.operations import register_at_processor, save_payment_method
from apps.processors import gateway
from tests.support.stripesim import StripeSim


def attach_card(sim: StripeSim, customer: Customer, card: str) -> PaymentMethod:
    """A card that the sandbox and we have saved for the customer; the first is the default."""
    origin = system_origin(Door.COMMAND)
    processor_customer = register_at_processor(customer_id=customer.pk, origin=origin)
    attached = sim.client().v1.payment_methods.attach(card, {"customer": processor_customer})
    facts = gateway.MethodFacts(
        processor_id=attached.id,
        type="card",
        metadata={"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034},
    )
    return save_payment_method(customer=customer, method=facts, origin=origin)
