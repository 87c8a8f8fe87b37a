"""What a term may be, and by what it finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.backoffice.finding import WAYS, Shape, Term, buyers_of
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.orders.numbering import receipt_number, short_id, value_of_short_id
from tests.backoffice.addresses import record_admins
from tests.backoffice.world import Sold, make_sale
from tests.support.license_keys import make_key

Staff = Callable[[str], Client]
PER_KIND = 8


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("01a2142a-4976-7280-9017-b4dfa199476d", Shape.ID),
        ("jane@exam", Shape.ADDRESS),
        ("ch_3Nx81Qabc", Shape.PROVIDER | Shape.WORDS),
        ("4242", Shape.DIGITS | Shape.WORDS),
        ("Jane", Shape.WORDS),
        ("ACME-AAAAAAAB-0007", Shape.WORDS),
    ],
)
def test_a_term_says_what_it_may_be(text: str, shapes: Shape) -> None:
    assert Term(text).shapes == shapes


@pytest.mark.parametrize("value", [0, 1, 25, 26, 2**52 - 1])
def test_letters_of_a_short_id_can_be_read_back(value: int) -> None:
    assert value_of_short_id(short_id(value)) == value


@pytest.mark.django_db
class TestFinding:
    @pytest.mark.parametrize(
        ("kind", "hand"),
        [
            ("customers.customer", lambda sold: sold.customer.email),
            ("customers.customer", lambda sold: str(sold.customer.email)[2:14].upper()),
            ("customers.customer", lambda sold: "Buyer 1"),
            ("customers.customer", lambda sold: "bu"),
            ("customers.customer", lambda sold: "usr-77"),
            ("customers.customer", lambda sold: sold.customer.processor_customer_id),
            ("customers.customer", lambda sold: sold.method.processor_id),
            ("customers.customer", lambda sold: "4242"),
            ("orders.order", lambda sold: sold.order.invoice_number),
            ("orders.order", lambda sold: sold.order.invoice_number[:8]),
            ("orders.order", lambda sold: Order.objects.get(pk=sold.order.pk).receipt_number),
            ("orders.order", lambda sold: sold.payment.intent_id),
            ("orders.order", lambda sold: sold.customer.email),
            ("orders.order", lambda sold: "4242"),
            ("orders.order", lambda sold: sold.customer.pk),
            ("payments.payment", lambda sold: sold.payment.processor_id),
            ("payments.paymentmethod", lambda sold: sold.method.processor_id),
            ("payments.paymentmethod", lambda sold: "4242"),
            ("subscriptions.subscription", lambda sold: sold.customer.email),
            ("subscriptions.subscription", lambda sold: sold.subscription.pk),
            ("checkouts.checkout", lambda sold: sold.checkout.customer_email.upper()),
            ("disputes.dispute", lambda sold: sold.payment.processor_id),
            ("ledger.entry", lambda sold: sold.order.pk),
            ("processors.inboundevent", lambda sold: sold.inbound.external_id),
            ("events.event", lambda sold: sold.order.pk),
            ("core.deadtask", lambda sold: sold.dead_task.task_id),
        ],
    )
    def test_finds_a_sale_by(self, sold: Sold, kind: str, hand: Callable[[Sold], Any]) -> None:
        Customer.objects.filter(pk=sold.customer.pk).update(external_id="usr-77")
        Order.objects.filter(pk=sold.order.pk).update(
            receipt_number=receipt_number(customer_short_id=sold.customer.short_id, number=1)
        )
        mine = {
            "customers.customer": sold.customer.pk,
            "orders.order": sold.order.pk,
            "payments.payment": sold.payment.pk,
            "payments.paymentmethod": sold.method.pk,
            "subscriptions.subscription": sold.subscription.pk,
            "checkouts.checkout": sold.checkout.pk,
            "processors.inboundevent": sold.inbound.pk,
            "core.deadtask": sold.dead_task.pk,
        }
        model = next(one.model for one in record_admins() if one.opts.label_lower == kind)

        term = Term(str(hand(sold)))
        found = WAYS[kind].found(model, term, PER_KIND, buyers=buyers_of(term, PER_KIND))

        assert found
        assert mine.get(kind, found[0]) in found

    def test_finds_a_licence_key_by_all_of_it_and_by_how_it_ends(self, sold: Sold) -> None:
        key = make_key(sold.organization)
        ways = WAYS["license_keys.licensekey"]

        for text in (key.key, key.key.lower(), key.key[-6:]):
            assert ways.found(type(key), Term(text), PER_KIND) == [key.pk], text
        assert ways.found(type(key), Term(key.key[:6]), PER_KIND) == []

    def test_knows_every_kind_that_it_searches(self) -> None:
        assert WAYS.keys() <= {one.opts.label_lower for one in record_admins()}

    def test_asks_three_questions_a_kind_at_most(
        self, staff: Staff, sold: Sold, django_assert_max_num_queries: Any
    ) -> None:
        make_sale(2, sold.organization)
        client = staff("admin")
        with django_assert_max_num_queries(3 * len(WAYS) + 8):
            client.get(reverse("admin:find"), {"q": "buyer"})

    def test_finds_text_by_an_index(self, sold: Sold) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            rows = Customer.objects.order_by().filter(email__icontains="jane@").values("pk")[:9]
            assert "customers_words" in rows.explain()
            named = Customer.objects.order_by().filter(name__icontains="jane").values("pk")[:9]
            assert "customers_words" in named.explain()
