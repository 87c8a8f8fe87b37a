"""Numbers, labels and totals of orders and their documents."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from apps.orders import labels, numbering, totals
from tests.cases.registry import Facts, adapter

AREA = "order_numbers"


@adapter(AREA)
def short_id(given: Facts, when: Facts) -> Facts:
    return {"result": numbering.short_id(when["value"])}


@adapter(AREA)
def new_organization_prefix(given: Facts, when: Facts) -> Facts:
    slug = given.get("slug") or when["slug"]
    return {"prefix": numbering.new_organization_prefix(slug)}


@adapter(AREA)
def item_label(given: Facts, when: Facts) -> Facts:
    return {
        "label": labels.item_label(
            given["product_name"],
            price_type=given["price_type"],
            quantity=when["quantity"],
            unit_label=given.get("unit_label"),
        )
    }


@adapter(AREA)
def payment_label(given: Facts, when: Facts) -> Facts:
    return {"label": labels.payment_label(given["method"], given.get("method_metadata"))}


@adapter(AREA)
def invoice_totals(given: Facts, when: Facts) -> Facts:
    row = given["invoice"]
    lines = totals.invoice_totals(
        totals.InvoiceAmounts(
            subtotal_amount=row["subtotal_amount"],
            discount_amount=row["discount_amount"],
            net_amount=row["net_amount"],
            tax_amount=row["tax_amount"],
            applied_balance_amount=row.get("applied_balance_amount") or 0,
            taxes=tuple(_printed(tax) for tax in row.get("tax_breakdown") or []),
        )
    )
    return {"lines": [list(line) for line in lines]}


def _printed(row: dict[str, Any]) -> totals.PrintedTax:
    return totals.PrintedTax(
        display_name=row["display_name"],
        rate=Decimal(str(row.get("rate") or 0)),
        amount=row["amount"],
        reason=row["reason"],
    )


@adapter(AREA)
def receipt_totals(given: Facts, when: Facts) -> Facts:
    paid, refunded = totals.receipt_totals(
        [_gross(row) for row in given.get("payments") or [] if _is_done(row)],
        [_gross(row) for row in given.get("refunds") or [] if _is_done(row)],
    )
    return {"amount_paid": paid, "amount_refunded": refunded}


def _is_done(row: Any) -> bool:
    return not isinstance(row, dict) or row.get("status", "succeeded") == "succeeded"


def _gross(row: Any) -> int:
    return int(row["amount"] + (row.get("tax_amount") or 0) if isinstance(row, dict) else row)


@adapter(AREA)
def invoice_stale(given: Facts, when: Facts) -> Facts:
    before = totals.InvoiceParty(
        billing_name="Ada",
        billing_address={"country": "FR"},
        tax_id=["FR61954506077", "eu_vat"],
        customer_locale="en",
    )
    other: Facts = {
        "billing_name": "Grace",
        "billing_address": {"country": "FR", "city": "Brest"},
        "tax_id": None,
        "customer_locale": "fr",
    }
    changed = given["changed"]
    after = replace(before, **{changed: other[changed]}) if changed in other else before
    return {"stale": totals.invoice_checksum(before) != totals.invoice_checksum(after)}
