"""The record of tax follows the money: sales, refunds, those that come back, lost disputes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.payments.models import Refund
from apps.payments.operations import retry_refund
from apps.tax.models import TaxRecord
from tests.backoffice.conftest import staff
from tests.support.books import broken_books
from tests.support.disputing import decide, disputed
from tests.support.merchants import make_organization
from tests.support.refunding import asked, held_by, paid_order, refund
from tests.support.stripesim import stripesim
from tests.support.tills import Till, till

__all__ = ["staff", "stripesim", "till"]


@pytest.fixture
def order(till: Till) -> Order:
    """Of 20.00, with 4.00 of tax on top."""
    return paid_order(till)


def recorded(order: Order) -> list[tuple[str, int, int | None]]:
    rows = TaxRecord.objects.filter(order_id=order.pk).order_by("recorded_at", "pk")
    return [(row.kind, row.amount, row.presentment_amount) for row in rows]


def owed(order: Order) -> int:
    return sum(amount for _, amount, _ in recorded(order))


def fail(till: Till, made: Refund) -> None:
    till.sim.control(f"refunds/{made.processor_id}", {"outcome": "fail"})
    till.settle()


def test_a_sale_owes_its_tax(order: Order) -> None:
    assert recorded(order) == [("sale", 400, 400)]
    record = TaxRecord.objects.get(order_id=order.pk)
    assert Entry.objects.get(pk=record.entry_id).type == "payment"
    assert record.organization_id == order.organization_id
    assert not broken_books()


def test_a_refund_that_comes_back_has_it_owed_again(till: Till, order: Order) -> None:
    first = refund(order, 500)
    assert recorded(order)[1:] == [("refund", -100, -100)]
    fail(till, first)
    assert recorded(order)[2:] == [("refund_came_back", 100, 100)]
    assert owed(order) == 400
    retry_refund(refund_id=first.pk, origin=asked())
    assert owed(order) == 300
    refund(order)
    assert owed(order) == 0 == held_by(None)["tax_liability"]
    assert not broken_books()


def test_one_under_way_or_refused_changes_nothing(till: Till) -> None:
    order = paid_order(till, card="pm_card_pendingRefund")
    fail(till, refund(order))
    assert recorded(order) == [("sale", 400, 400)]


def test_a_lost_dispute_takes_it_back_and_a_won_one_does_not(till: Till, order: Order) -> None:
    dispute = disputed(till, order)
    assert owed(order) == 400
    decide(till, dispute, "lost")
    assert recorded(order)[1][:2] == ("dispute_lost", -400)
    other = paid_order(till)
    decide(till, disputed(till, other), "won")
    assert owed(other) == 400
    assert not broken_books()


def test_nothing_of_it_is_changed(order: Order) -> None:
    record = TaxRecord.objects.get(order_id=order.pk)
    for change in (record.save, record.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_stands_on_the_page_of_the_order(order: Order, staff: Any) -> None:
    client: Client = staff("viewer")
    page = client.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert "Record of tax" in page
    found = client.get(reverse("admin:tax_taxrecord_changelist"), {"q": str(order.pk)})
    record = TaxRecord.objects.get(order_id=order.pk)
    address = reverse("admin:tax_taxrecord_change", args=[record.pk])
    assert address in found.content.decode()
    assert "$4.00" in client.get(address).content.decode()


def test_is_kept_for_each_merchant_alone(order: Order) -> None:
    assert not TaxRecord.objects.for_organization(make_organization()).exists()
