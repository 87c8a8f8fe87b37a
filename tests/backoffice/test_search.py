"""Finding things by what support has in hand."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.backoffice.world import Sold, make_sale

Staff = Callable[[str], Client]

IN_HAND: dict[str, dict[str, Callable[[Sold], Any]]] = {
    "customers_customer": {
        "e-mail": lambda sold: sold.customer.email,
        "part of an e-mail in capitals": lambda sold: str(sold.customer.email)[:12].upper(),
        "id": lambda sold: sold.customer.pk,
        "provider id": lambda sold: sold.customer.processor_customer_id,
    },
    "orders_order": {
        "invoice number": lambda sold: sold.order.invoice_number,
        "id": lambda sold: sold.order.pk,
        "checkout id": lambda sold: sold.checkout.pk,
        "charge": lambda sold: sold.payment.processor_id,
    },
    "subscriptions_subscription": {
        "e-mail": lambda sold: sold.customer.email,
        "product": lambda sold: sold.subscription.product.name,
        "id": lambda sold: sold.subscription.pk,
    },
    "payments_payment": {
        "charge": lambda sold: sold.payment.processor_id,
        "intent": lambda sold: sold.payment.intent_id,
        "e-mail": lambda sold: sold.customer.email,
        "invoice number": lambda sold: sold.order.invoice_number,
        "order id": lambda sold: sold.order.pk,
    },
    "checkouts_checkout": {
        "e-mail": lambda sold: sold.customer.email,
        "intent": lambda sold: sold.checkout.intent_id,
    },
    "processors_inboundevent": {
        "event id": lambda sold: sold.inbound.external_id,
        "charge": lambda sold: sold.payment.processor_id,
    },
    "ledger_entry": {
        "charge": lambda sold: sold.payment.processor_id,
        "order id": lambda sold: sold.order.pk,
    },
    "organizations_organization": {"slug": lambda sold: sold.organization.slug},
    "events_event": {"subject": lambda sold: sold.order.pk},
    "core_deadtask": {"task id": lambda sold: sold.dead_task.task_id},
}
CASES = [(name, what) for name, hands in IN_HAND.items() for what in hands]


class TestListSearch:
    @pytest.mark.parametrize(("name", "what"), CASES)
    def test_finds_by(self, staff: Staff, sold: Sold, name: str, what: str) -> None:
        make_sale(2)
        term = IN_HAND[name][what](sold)
        page = staff("support").get(reverse(f"admin:{name}_changelist"), {"q": str(term)})
        found = page.content.decode().count("data-href=")
        # A sale has several entries, and its buyer an unpaid renewal beside the order.
        several = {
            "ledger_entry": found,
            "events_event": found,
            "orders_order": 2 if what == "e-mail" else 1,
        }
        owned = several.get(name, 1)
        assert page.content.decode().count("data-href=") == owned > 0

    def test_finds_by_the_last_four_once(self, staff: Staff, sold: Sold) -> None:
        for name in ("payments_payment", "payments_paymentmethod", "orders_order"):
            address = reverse(f"admin:{name}_changelist")
            page = staff("viewer").get(address, {"q": "4242"}).content.decode()
            assert page.count("data-href=") == 1, name
            page = staff("viewer").get(address, {"q": "9999"}).content.decode()
            assert page.count("data-href=") == 0, name

    @pytest.mark.parametrize("term", ["\x00", "%", "' or 1=1 --", "ü" * 300])
    def test_survives_nonsense(self, staff: Staff, sold: Sold, term: str) -> None:
        for name in IN_HAND:
            response = staff("admin").get(reverse(f"admin:{name}_changelist"), {"q": term})
            assert response.status_code == 200, name


class TestSearchEverywhere:
    def test_gathers_all_domains(self, staff: Staff, sold: Sold) -> None:
        page = staff("support").get(reverse("admin:find"), {"q": sold.payment.processor_id})
        text = page.content.decode()
        for record in (sold.order, sold.payment, sold.inbound):
            assert str(record.pk) in text
        assert str(sold.customer.pk) not in text

    def test_leaves_out_what_the_role_may_not_see(self, staff: Staff, sold: Sold) -> None:
        page = staff("viewer").get(reverse("admin:find"), {"q": sold.payment.processor_id})
        assert str(sold.payment.pk) in page.content.decode()
        assert str(sold.inbound.pk) not in page.content.decode()

    def test_answers_the_command_palette(self, staff: Staff, sold: Sold) -> None:
        address = reverse("admin:search")
        page = staff("viewer").get(address, {"s": sold.customer.email, "extended": "1"})
        assert str(sold.customer.pk) in page.content.decode()
        assert str(sold.order.pk) in page.content.decode()

    def test_wants_two_characters(self, staff: Staff, sold: Sold) -> None:
        page = staff("viewer").get(reverse("admin:find"), {"q": "b"})
        assert "Nothing matches." in page.content.decode()
