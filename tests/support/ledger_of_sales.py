"""What must be true of one sale, whatever happened on the way."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from apps.checkouts.models import Checkout
from apps.events.models import Event
from apps.ledger.models import Entry
from apps.orders.models import Order
from apps.payments.models import Payment
from tests.support.books import broken_books
from tests.support.tills import Till

ONCE = ("checkout.succeeded", "order.created", "order.paid", "payment.succeeded")


def require_one_sale(till: Till, checkout_id: UUID) -> None:
    """One charge, one order, one payment, one set of postings, each event once."""
    assert Checkout.objects.get(pk=checkout_id).status == "succeeded"
    order = Order.objects.get(checkout_id=checkout_id)
    assert (order.status, order.total_amount) == ("paid", 2000)
    assert order.platform_fee_amount == 150
    [charge] = till.charges(checkout_id)
    payment = Payment.objects.get(checkout_id=checkout_id, status="succeeded")
    assert (payment.processor_id, payment.order_id) == (charge.id, order.pk)
    entries = Counter(Entry.objects.filter(order_id=order.pk).values_list("type", flat=True))
    assert entries == {"payment": 1, "processor_fee": 1, "balance": 1, "platform_fee": 1}
    events = Counter(Event.objects.filter(type__in=ONCE).values_list("type", flat=True))
    assert events == dict.fromkeys(ONCE, 1)
    assert not broken_books()


def is_booked(checkout_id: UUID) -> bool:
    """Whether the sale has reached the books."""
    return Order.objects.filter(checkout_id=checkout_id, platform_fee_amount__gt=0).exists()
