"""Forgetting a customer who has bought something: no table may remember."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from psycopg import sql

from apps.core.origin import Door, system_origin
from apps.customers.models import Customer
from apps.events.models import Delivery, Event
from apps.events.operations import deliver
from apps.orders.models import Order
from apps.payments.models import PaymentMethod
from apps.processors.models import InboundEvent
from apps.processors.operations import drop_old_payloads
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]

PERSONAL = ("zoe", "zebedee", "rue cachée")
# Invoices, by law.
KEPT = {("orders_order", "billing_name"), ("orders_order", "billing_address")}
COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying', 'jsonb')
"""


def places_that_remember() -> list[tuple[str, str]]:
    """Every text or JSON column of every table that holds one of the words, in any case."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column in cursor.fetchall():
            query = sql.SQL("SELECT 1 FROM {} WHERE {}::text ILIKE ANY(%s) LIMIT 1").format(
                sql.Identifier(table), sql.Identifier(column)
            )
            cursor.execute(query, [[f"%{word}%" for word in PERSONAL]])
            if cursor.fetchone():
                found.append((table, column))
    return found


def buy(polar: Any, till: Till) -> str:
    """A customer of several names, two checkouts, an order whose invoice was corrected."""
    made = polar.customers.create(email="zoe@example.com", name="Zoe Z")
    polar.customers.update(made.id, email="zoe.2@example.com", billing_name="Zebedee Ltd")
    price = {"amount_type": "fixed", "price_amount": 2000, "price_currency": "usd"}
    product = polar.products.create(name="Handbook", prices=[price])
    left = polar.checkouts.create(products=[product.id], customer_email="ZOE.2@example.com")
    polar.checkouts.update(left.id, customer_email="Zoe.2@example.com", customer_name="Zoe")
    bought = polar.checkouts.create(products=[product.id], customer_id=made.id)
    polar.checkouts.client_confirm(
        bought.client_secret,
        confirmation_token_id=till.token(),
        customer_name="Zoe Zebedee",
        customer_billing_address={"country": "FR", "line1": "1 rue cachée"},
    )
    till.settle_until(lambda: Order.objects.filter(platform_fee_amount__gt=0).exists())
    order = Order.objects.get()
    for delivery in Delivery.objects.filter(done_at=None):
        assert deliver(delivery_id=delivery.pk, origin=system_origin(Door.TASK))
    polar.orders.update(str(order.pk), billing_name="Zebedee & Zoe")
    PaymentMethod.objects.create(
        organization=till.merchant.organization,
        customer_id=made.id,
        processor_id="pm_link",
        type="link",
        method_metadata={"email": "zoe@example.com", "country": "FR"},
        created_at=order.created_at,
    )
    return str(made.id)


@pytest.mark.django_db(transaction=True)
def test_leaves_only_what_invoices_need(till: Till) -> None:
    with till.merchant.polar() as polar:
        customer_id = buy(polar, till)
        known = {("customers_customer", "email"), ("notifications_mail", "recipient")}
        assert known < set(places_that_remember())
        polar.customers.delete(customer_id, anonymize=True)
    month = replace(
        system_origin(Door.TASK), at=system_origin(Door.TASK).at + timedelta(days=30, minutes=5)
    )
    till.settle()
    assert drop_old_payloads(origin=month) == InboundEvent.objects.count() > 0

    assert set(places_that_remember()) == KEPT

    method = PaymentMethod.objects.get(processor_id="pm_link")
    assert method.method_metadata == {"country": "FR"}
    assert Customer.objects.get(pk=customer_id).anonymized_at is not None
    updates = Event.objects.filter(type="customer.updated", subject_id=customer_id).order_by("at")
    assert updates[0].changes == {"email": ["•••", "•••"], "billing_name": [None, "•••"]}
    assert updates[0].actor == "merchant"
