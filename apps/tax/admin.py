"""The record of tax, for staff."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.staff import columns, show
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.tax.models import TaxRecord

TONES: Final = {
    "sale": "good",
    "refund": "warn",
    "refund_came_back": "bad",
    "dispute_lost": "warn",
    "dispute_came_back": "good",
    "correction": "plain",
}


def _seen(record: TaxRecord) -> Any:
    if record.presentment_currency is None or record.presentment_amount is None:
        return show.blank()
    return show.amount(record.presentment_amount, record.presentment_currency)


BRIEF = (
    columns.badge("kind", TONES),
    columns.amount("amount", title="Owed"),
    columns.column(_seen, "As the buyer saw it", kind="amount"),
    columns.when("recorded_at"),
)


@admin.register(TaxRecord)
class TaxRecordAdmin(RecordAdmin):
    """What sales owe to authorities, and what refunds and disputes took back of it."""

    icon = "account_balance"
    related = ("organization",)
    search_hint = "Id of an order, payment or entry, or an organization"
    search_fields = ("organization__slug",)
    search_ids = ("id", "order_id", "payment_id", "entry_id", "organization_id")
    list_filter = ("kind", "currency", "recorded_at")
    list_display = (*BRIEF, columns.link("organization"))
    ordering = ("-recorded_at",)
    facts: ClassVar = (
        (
            "Tax",
            (
                columns.badge("kind", TONES),
                columns.amount("amount", title="Owed"),
                columns.column(_seen, "As the buyer saw it", kind="amount"),
                "organization",
                columns.column(
                    lambda one: show.link_to(
                        "ledger", "entry", one.entry_id, f"entry …{str(one.entry_id)[-8:]}"
                    ),
                    "Entry",
                    kind="link",
                ),
                columns.code("order_id", "Order"),
                columns.code("payment_id", "Payment"),
                columns.code("id"),
                "recorded_at",
            ),
        ),
    )


@panel("orders.order", position=31)
def tax_of_order(order: Any, request: HttpRequest) -> Panel | None:
    """What it owes to authorities, movement by movement."""
    rows: QuerySet[TaxRecord] = TaxRecord.objects.filter(order_id=order.pk)
    found = table(
        "Record of tax",
        rows.order_by("-recorded_at", "-pk"),
        BRIEF,
        more=listing("tax", "taxrecord", q=str(order.pk)),
    )
    return found if found.rows else None
