"""The processor's statement: every line, and what it is here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.ledger.models import Entry
from apps.reconciliation.admin.words import (
    KIND_TONES,
    LINE_TONES,
    STATUS_TONES,
    age,
    matched_row,
)
from apps.reconciliation.forms import ClassifyForm
from apps.reconciliation.models import BalanceTransaction, Discrepancy, EntryLink
from apps.reconciliation.operations import classify_fee, plan_classify_fee


class FeeFilter(admin.SimpleListFilter):
    """Fees that are billed apart, by whether anybody knows what for."""

    title = "fees"
    parameter_name = "fees"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All of them, and those that wait."""
        return [("waiting", "to be classified"), ("known", "classified")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Lines that are fees."""
        if self.value() == "waiting":
            return queryset.filter(category="fee", fee_type="")
        if self.value() == "known":
            return queryset.filter(category="fee").exclude(fee_type="")
        return queryset


@admin.register(BalanceTransaction)
class BalanceTransactionAdmin(RecordAdmin):
    """What the processor says that its balance did."""

    icon = "receipt"
    has_timeline = False
    empty_text = "The statement was not read yet."
    actions_detail = ("classify",)
    related = ("organization",)
    search_hint = "txn_…, ch_…, re_…, tr_…, po_… or words of its description"
    search_fields = (
        "processor_id",
        "source_id",
        "description__icontains",
        "organization__slug",
    )
    search_ids = ("id", "organization_id", "matched_id")
    list_filter = (
        "status",
        FeeFilter,
        ("category", admin.AllValuesFieldListFilter),
        ("currency", admin.AllValuesFieldListFilter),
        "happened_at",
    )
    list_display = (
        columns.text("processor_id", "Line"),
        columns.badge("status", LINE_TONES),
        columns.text("category"),
        columns.amount("net", title="Net"),
        columns.amount("here_amount", title="Books"),
        columns.column(matched_row, "Is", kind="link"),
        columns.text("description"),
        columns.when("happened_at", "Moved"),
    )
    ordering = ("-happened_at",)
    facts: ClassVar = (
        (
            "The statement says",
            (
                columns.amount("amount"),
                columns.amount("fee", title="Fee"),
                columns.amount("net", title="Net"),
                columns.text("type"),
                columns.text("category"),
                columns.text("description"),
                columns.code("processor_id", "Provider id"),
                columns.code("source_id", "Of"),
                columns.when("happened_at", "Moved"),
                columns.when("available_at"),
            ),
        ),
        (
            "Here it is",
            (
                columns.badge("status", LINE_TONES),
                columns.column(matched_row, "Is"),
                columns.amount("here_amount", title="The books have"),
                columns.text("fee_type", "Fee for"),
                columns.link("organization"),
                columns.when("seen_at", "First seen"),
                columns.when("compared_at", "So since"),
            ),
        ),
    )

    @verb(
        title="Classify",
        role=roles.FINANCE,
        icon="label",
        form=ClassifyForm,
        text="Says what the fee is for. All that contain the same words are booked as that.",
        available=lambda line: line.is_fee and not line.fee_type,
        plan=lambda line, data, origin: plan_classify_fee(
            transaction_id=line.pk,
            fee_type=data["fee_type"],
            pattern=data["pattern"],
            origin=origin,
        ),
    )
    def classify(self, line: BalanceTransaction, data: dict[str, Any], origin: Origin) -> str:
        """Name it, and those like it."""
        rule = classify_fee(
            transaction_id=line.pk,
            fee_type=data["fee_type"],
            pattern=data["pattern"],
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{rule}."


@panel("reconciliation.balancetransaction", position=10)
def entries_of_line(line: Any, request: HttpRequest) -> Panel:
    """What it is in the books."""
    ids = EntryLink.objects.filter(transaction=line).values_list("entry_id", flat=True)
    return table(
        "In the books",
        Entry.objects.filter(pk__in=list(ids)).order_by("posted_at", "pk"),
        (
            columns.text("reference"),
            columns.badge("type", {}),
            columns.when("posted_at"),
        ),
        limit=20,
        empty="The books have nothing of it.",
    )


@panel("reconciliation.balancetransaction", position=20)
def discrepancies_of_line(line: Any, request: HttpRequest) -> Panel | None:
    """What was ever wrong with it."""
    found = table(
        "Discrepancies",
        Discrepancy.objects.filter(transaction=line).order_by("-created_at"),
        (
            columns.column(
                lambda row: show.link(row, row.get_kind_display()), "Discrepancy", kind="link"
            ),
            columns.badge("kind", KIND_TONES),
            columns.badge("status", STATUS_TONES),
            columns.column(lambda row: age(row.happened_at, row.closed_at), "Age"),
        ),
        limit=20,
    )
    return found if found.rows else None
