"""Draft orders at a till: a merchant who may charge off-session, and a customer with a card."""

from __future__ import annotations

from collections import Counter
from typing import Any

from apps.catalog.models import Product
from apps.catalog.operations import PriceInput, ProductInput, create_product
from apps.core.ids import new_id
from apps.core.origin import Door, system_origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.events.models import Event
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.orders.operations import DraftInput, create_draft_order
from apps.organizations.models import Organization
from apps.payments.models import Payment, PaymentMethod
from tests.support.books import broken_books
from tests.support.cards import attach_card
from tests.support.tills import Till

ONCE = ("order.created", "order.paid", "payment.succeeded")


def allow_off_session(organization: Organization) -> None:
    """Switch the feature on, as staff would."""
    features = {**organization.feature_settings, "off_session_charges_enabled": True}
    Organization.objects.filter(pk=organization.pk).update(feature_settings=features)
    organization.refresh_from_db()


def make_draft(organization: Organization, customer: Customer, amount: int = 2000) -> Order:
    """A draft over `amount` of a product of its own."""
    origin = system_origin(Door.COMMAND)
    return create_draft_order(
        organization=organization,
        data=DraftInput(customer_id=customer.pk, product_id=make_product(organization, amount).pk),
        origin=origin,
    )


def make_product(organization: Organization, amount: int = 2000, **values: Any) -> Product:
    """A product of one fixed price, sold once unless told otherwise."""
    price = PriceInput(kind="fixed", currency="usd", fixed_amount=amount)
    data = ProductInput(**{"name": "Handbook", "prices": [price], **values})
    return create_product(organization=organization, data=data, origin=system_origin(Door.COMMAND))


def make_buyer(organization: Organization) -> Customer:
    """A customer whose purchases can be taxed."""
    data = CustomerInput(
        email=f"{new_id().hex}@example.com",
        external_id=new_id().hex,
        name="Ada Buyer",
        billing_address={"country": "FR"},
    )
    return create_customer(organization=organization, data=data, origin=system_origin(Door.COMMAND))


def save_card(till: Till, customer: Customer, card: str = "pm_card_visa") -> PaymentMethod:
    """A card that the processor and we have saved for the customer; the first is the default."""
    return attach_card(till.sim, customer, card)


def charges_of(till: Till, order: Order) -> list[Any]:
    """The successful charges that Stripe has for an order."""
    found = till.sim.client().v1.charges.list({"limit": 100}).auto_paging_iter()
    return [
        charge
        for charge in found
        if charge.status == "succeeded"
        and charge.metadata.to_dict().get("order_id") == str(order.pk)
    ]


def is_booked(order: Order) -> bool:
    """Whether the order has reached the books."""
    return Order.objects.filter(pk=order.pk, platform_fee_amount__gt=0).exists()


def require_one_charge(till: Till, order: Order, **entries_beside: int) -> None:
    """One charge, one payment, one set of postings, each event once, balanced books."""
    row = Order.objects.get(pk=order.pk)
    assert (row.status, row.payment_lock_acquired_at) == ("paid", None)
    assert row.invoice_number and row.receipt_number
    [charge] = charges_of(till, order)
    payment = Payment.objects.get(order=row, status="succeeded")
    assert (payment.processor_id, payment.amount) == (charge.id, row.total_amount)
    entries = Counter(Entry.objects.filter(order_id=row.pk).values_list("type", flat=True))
    sale = {"payment": 1, "processor_fee": 1, "balance": 1, "platform_fee": 1}
    assert entries == sale | entries_beside
    subjects = [str(row.pk), str(payment.pk)]
    events = Event.objects.filter(subject_id__in=subjects, type__in=ONCE)
    assert Counter(events.values_list("type", flat=True)) == dict.fromkeys(ONCE, 1)
    assert not broken_books()
