from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.orders.labels import item_label, payment_label
from apps.orders.numbering import invoice_number, receipt_number, short_id
from apps.orders.totals import (
    InvoiceAmounts,
    InvoiceParty,
    PrintedTax,
    invoice_checksum,
    invoice_totals,
    order_totals,
)


class TestNumbers:
    @given(st.integers(0, 2**52), st.integers(0, 2**52))
    def test_a_short_id_is_unique_and_rises_with_its_value(self, left: int, right: int) -> None:
        a, b = short_id(left), short_id(right)
        assert (left < right) == ((len(a), a) < (len(b), b))
        assert len(a) >= 8

    def test_a_counter_is_padded_and_never_cut(self) -> None:
        assert invoice_number(prefix="ACME", number=7) == "ACME-0007"
        assert invoice_number(prefix="ACME", number=10_000) == "ACME-10000"
        own = invoice_number(prefix="ACME", number=7, customer_short_id=1)
        assert own == "ACME-AAAAAAAB-0007"
        assert receipt_number(customer_short_id=1, number=1) == "RCPT-AAAAAAAB-0001"

    def test_a_short_id_counts_from_nothing(self) -> None:
        with pytest.raises(ValueError, match="from 0"):
            short_id(-1)


class TestLabels:
    @pytest.mark.parametrize(
        ("kind", "quantity", "label"),
        [
            ("seat", 1, "Pro (1 seat)"),
            ("seat", 2, "Pro (2 seats)"),
            ("seat", None, "Pro"),
            ("custom", 3, "Pro"),
        ],
    )
    def test_a_line_counts_what_is_sold_by_number(
        self, kind: str, quantity: int | None, label: str
    ) -> None:
        assert item_label("Pro", price_type=kind, quantity=quantity) == label

    def test_a_merchants_own_unit_is_named_in_the_buyers_language(self) -> None:
        own = {"en": {"=1": "device", "other": "devices"}, "fr": {"other": "appareils"}}

        def label(quantity: int, locale: str) -> str:
            return item_label(
                "Pro", price_type="unit", quantity=quantity, unit_label=own, locale=locale
            )

        assert label(1, "en_US") == "Pro (1 device)"
        assert label(1, "fr-CA") == "Pro (1 appareils)"
        assert label(3, "de") == "Pro (3 devices)"

    def test_a_payment_is_named_by_brand_and_last_digits_where_known(self) -> None:
        assert payment_label("card", {"brand": "visa", "last4": "4242"}) == "Visa — 4242"
        assert payment_label("sepa_debit", None) == "Sepa Debit"


class TestTotals:
    @given(
        st.lists(st.integers(-(10**8), 10**8), max_size=8),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.integers(-(10**8), 10**8),
        st.sampled_from(["inclusive", "exclusive", None]),
    )
    def test_an_order_adds_up(
        self, items: list[int], discount: int, tax: int, balance: int, behavior: str | None
    ) -> None:
        result = order_totals(
            items,
            discount_amount=discount,
            tax_amount=tax,
            tax_behavior=behavior,
            applied_balance_amount=balance,
        )
        assert result.net_amount + result.tax_amount == result.total_amount
        assert result.due_amount == max(0, result.total_amount + balance)
        inside = tax if behavior == "inclusive" else 0
        assert result.net_amount == sum(items) - discount - inside

    def test_an_invoice_shows_only_lines_that_say_something(self) -> None:
        vat = PrintedTax(
            display_name="VAT", rate=Decimal("0.2"), amount=180, reason="standard_rated"
        )
        amounts = InvoiceAmounts(
            subtotal_amount=1000,
            discount_amount=100,
            net_amount=900,
            tax_amount=180,
            applied_balance_amount=-80,
            taxes=(vat, replace(vat, amount=0, reason="not_collecting")),
        )
        assert invoice_totals(amounts) == [
            ("Subtotal", 1000),
            ("Discount", -100),
            ("Taxable amount", 900),
            ("VAT (20%)", 180),
            ("Total", 1080),
            ("Applied balance", -80),
            ("To be paid", 1000),
        ]

    @pytest.mark.parametrize(
        "change",
        [
            {"billing_name": "Grace"},
            {"billing_address": {"country": "DE"}},
            {"tax_id": None},
            {"customer_locale": "fr"},
        ],
    )
    def test_a_stored_invoice_goes_stale_with_what_it_says(self, change: dict[str, object]) -> None:
        party = InvoiceParty(
            billing_name="Ada",
            billing_address={"country": "FR"},
            tax_id=("FR61954506077", "eu_vat"),
            customer_locale="en",
        )
        assert invoice_checksum(party) == invoice_checksum(replace(party))
        assert invoice_checksum(party) != invoice_checksum(replace(party, **change))  # type: ignore[arg-type]
