"""Rows that are written with prepared SQL are the rows that Django would write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from apps.catalog.models import AttachedField, CustomField
from apps.core.ids import new_id
from apps.core.rows import insert_if_new, insert_row, insert_rows, save_fields
from apps.orders.models import Order
from tests.support.subscribers import make_merchant, make_plan, make_subscriber

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def order() -> Order:
    """One with values of every kind: texts, numbers, times, JSON, relations, nothing."""
    merchant = make_merchant()
    return Order(
        pk=new_id(),
        created_at=NOW,
        organization=merchant,
        customer=make_subscriber(merchant),
        product=make_plan(merchant)[0],
        status="pending",
        billing_reason="subscription_cycle",
        currency="usd",
        subtotal_amount=1000,
        discount_amount=0,
        net_amount=1000,
        tax_amount=0,
        tax_breakdown=[{"rate": "0.2", "reason": "none"}],
        billing_address={"country": "FR", "city": "L'\"yon \\ é"},
        metadata={"a": 1},
    )


class TestInsertRow:
    def test_writes_what_django_writes(self) -> None:
        ours = order()
        insert_row(ours)
        theirs = Order.objects.get(pk=ours.pk)
        for field in Order._meta.concrete_fields:
            assert getattr(theirs, field.attname) == getattr(ours, field.attname), field
        assert (ours._state.adding, ours._state.db) == (False, "default")

    def test_keeps_to_constraints(self) -> None:
        ours = order()
        insert_row(ours)
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_row(ours)

    def test_writes_several(self) -> None:
        rows = insert_rows(order() for _ in range(3))
        assert Order.objects.filter(pk__in=[row.pk for row in rows]).count() == 3


class TestInsertIfNew:
    def test_leaves_out_what_is_there(self) -> None:
        ours = order()
        assert insert_if_new(ours)
        again = order()
        again.pk = ours.pk
        again.currency = "eur"
        assert not insert_if_new(again)
        assert again._state.adding
        assert Order.objects.get(pk=ours.pk).currency == "usd"


class TestSaveFields:
    def test_writes_those_alone(self) -> None:
        ours = order()
        insert_row(ours)
        other = make_subscriber(ours.organization)
        ours.customer, ours.metadata, ours.paid_at, ours.currency = other, {"b": [2]}, NOW, "eur"
        save_fields(ours, "customer", "metadata", "paid_at")
        stored = Order.objects.get(pk=ours.pk)
        assert (stored.customer, stored.metadata, stored.paid_at) == (other, {"b": [2]}, NOW)
        assert stored.currency == "usd"


class TestRowsThatTheDatabaseNumbers:
    def test_know_their_number(self) -> None:
        plan, other = make_plan(make_merchant())[0], make_plan(make_merchant())[0]
        field = CustomField.objects.create(
            created_at=NOW, organization=plan.organization, type="text", slug="a", name="A"
        )
        links = insert_rows(
            AttachedField(product=product, field=field, position=0) for product in (plan, other)
        )
        for link in links:
            assert AttachedField.objects.get(pk=link.pk).product_id == link.product_id
