"""What does not agree: the list, and each with both sides next to each other and its repair."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.origin import Origin
from apps.core.plans import counted
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.reconciliation.admin.words import KIND_TONES, STATUS_TONES, age
from apps.reconciliation.forms import AssignForm, ExplainForm, LinkForm, NoteForm
from apps.reconciliation.models import AccountReading, Discrepancy, DiscrepancyNote
from apps.reconciliation.operations import (
    assign_discrepancy,
    book_difference,
    explain_discrepancy,
    link_entry,
    note_on_discrepancy,
    plan_book_difference,
    plan_explain_discrepancy,
    plan_link_entry,
    plan_repair,
    repair_discrepancy,
)
from apps.reconciliation.operations.repairs import proposed_repair
from apps.reconciliation.selectors.sides import sides_of


def _is_open(row: Discrepancy) -> bool:
    return row.status == Discrepancy.Status.OPEN


def _age(row: Discrepancy) -> str:
    return age(row.happened_at, row.closed_at)


class OwnFilter(admin.SimpleListFilter):
    """Those that the user looks after."""

    title = "mine"
    parameter_name = "mine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Only the one."""
        return [("yes", "mine")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the user who asks."""
        return queryset.filter(assignee=request.user.pk) if self.value() else queryset


@admin.register(Discrepancy)
class DiscrepancyAdmin(RecordAdmin):
    """Movements that only one side knows, or both differently."""

    icon = "difference"
    empty_text = "The books and the processor agree."
    actions_detail = ("repair", "link", "write_off", "explain", "assign", "note")
    related = ("organization", "transaction", "assignee", "payout_account")
    search_hint = "txn_…, ch_…, re_…, or an entry's reference"
    search_fields = (
        "subject__icontains",
        "transaction__source_id",
        "organization__slug",
        "assignee__email__icontains",
    )
    search_ids = ("id", "organization_id", "transaction_id", "entry_id")
    list_filter = (
        "status",
        "kind",
        presence("payout_account", "Where", "a merchant's account", "our balance"),
        ("currency", admin.AllValuesFieldListFilter),
        presence("assignee", "Owner", "somebody's", "nobody's"),
        OwnFilter,
        "happened_at",
    )
    list_display = (
        columns.text("subject"),
        columns.badge("kind", KIND_TONES),
        columns.badge("status", STATUS_TONES),
        columns.amount("here_amount", title="Books"),
        columns.amount("there_amount", title="Processor"),
        columns.column(_age, "Age", order="happened_at", kind="amount"),
        columns.link("assignee", "Owner"),
        columns.link("organization"),
    )
    ordering = ("-happened_at",)
    facts: ClassVar = (
        (
            "Discrepancy",
            (
                columns.badge("kind", KIND_TONES),
                columns.badge("status", STATUS_TONES),
                columns.amount("here_amount", title="The books have"),
                columns.amount("there_amount", title="The processor has"),
                columns.column(
                    lambda row: show.amount(row.difference_amount, row.currency),
                    "Difference",
                    kind="amount",
                ),
                columns.text("detail", "What is wrong"),
                columns.link("payout_account", "In the account"),
            ),
        ),
        (
            "Who and when",
            (
                columns.column(_age, "Age"),
                columns.when("happened_at", "Money moved"),
                columns.when("created_at", "Found"),
                columns.when("closed_at", "Settled"),
                columns.link("assignee", "Owner"),
                columns.link("organization"),
                columns.text("explanation"),
                columns.code("id"),
            ),
        ),
    )

    @verb(
        title="Repair",
        role=roles.FINANCE,
        icon="build",
        text="Brings in what is missing, as the page proposes; afterwards both sides agree.",
        available=_is_open,
        plan=lambda row, data, origin: plan_repair(discrepancy_id=row.pk, origin=origin),
    )
    def repair(self, row: Discrepancy, data: dict[str, Any], origin: Origin) -> str:
        """Do what the plan says."""
        repair_discrepancy(discrepancy_id=row.pk, agreed=data["agreed"], origin=origin)
        return f"{row} agrees now."

    @verb(
        title="Link",
        role=roles.FINANCE,
        icon="link",
        form=LinkForm,
        text="Says which entry of the books this movement is, where its names do not tell.",
        available=lambda row: _is_open(row) and row.transaction_id is not None,
        plan=lambda row, data, origin: plan_link_entry(
            discrepancy_id=row.pk, reference=data["reference"], origin=origin
        ),
    )
    def link(self, row: Discrepancy, data: dict[str, Any], origin: Origin) -> str:
        """Join the two sides by hand."""
        link_entry(
            discrepancy_id=row.pk,
            reference=data["reference"],
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{row} is {data['reference']}."

    @verb(
        title="Write off",
        role=roles.FINANCE,
        icon="balance",
        is_danger=True,
        text="Corrects the books to what the processor has, at the platform's expense or gain.",
        available=lambda row: (
            _is_open(row) and row.difference_amount != 0 and row.payout_account_id is None
        ),
        plan=lambda row, data, origin: plan_book_difference(discrepancy_id=row.pk, origin=origin),
    )
    def write_off(self, row: Discrepancy, data: dict[str, Any], origin: Origin) -> str:
        """For what nothing else brings in."""
        book_difference(discrepancy_id=row.pk, agreed=data["agreed"], origin=origin)
        return f"{row} agrees now."

    @verb(
        title="Explain",
        role=roles.FINANCE,
        icon="lightbulb",
        form=ExplainForm,
        text="Leaves it as it is, because it is known why. It comes up again if it changes.",
        available=_is_open,
        plan=lambda row, data, origin: plan_explain_discrepancy(
            discrepancy_id=row.pk, explanation=data["explanation"], origin=origin
        ),
    )
    def explain(self, row: Discrepancy, data: dict[str, Any], origin: Origin) -> str:
        """Close it with words."""
        explain_discrepancy(
            discrepancy_id=row.pk,
            explanation=data["explanation"],
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{row} is explained."

    @verb(
        title="Assign",
        role=roles.SUPPORT,
        icon="person_add",
        form=AssignForm,
        available=_is_open,
    )
    def assign(self, row: Discrepancy, data: dict[str, Any], origin: Origin) -> str:
        """Say who looks after it."""
        assignee = data["assignee"]
        made = assign_discrepancy(
            discrepancy_id=row.pk,
            assignee_id=UUID(assignee) if assignee else None,
            origin=origin,
        )
        return f"{row} is {made.assignee}'s." if assignee else f"{row} is nobody's."

    @verb(title="Note", role=roles.SUPPORT, icon="edit_note", form=NoteForm)
    def note(self, row: Discrepancy, data: dict[str, Any], origin: Origin) -> str:
        """Write something about it."""
        note_on_discrepancy(discrepancy_id=row.pk, text=data["text"], origin=origin)
        return "The note is kept."


@panel("reconciliation.discrepancy", position=10)
def both_sides(row: Any, request: HttpRequest) -> Panel:
    """The statement and the books, next to each other, and what is proposed."""
    return Panel(
        title="Both sides",
        template="reconciliation/sides.html",
        body=sides_of(row),
        note=f"Proposed: {proposed_repair(row).title.lower()}." if _is_open(row) else "",
    )


@panel("reconciliation.discrepancy", position=20)
def notes(row: Any, request: HttpRequest) -> Panel:
    """What was written about it."""
    return table(
        "Notes",
        DiscrepancyNote.objects.filter(discrepancy=row)
        .select_related("author")
        .order_by("-created_at"),
        (
            columns.column(lambda one: show.lines(one.text), "Note", kind="wide"),
            columns.link("author"),
            columns.when("created_at", "Written"),
        ),
        limit=50,
        empty="Nothing was written yet.",
    )


@panel("payouts.payoutaccount", position=30)
def statement_of_account(account: Any, request: HttpRequest) -> Panel | None:
    """How its statement compares with our payouts."""
    reading = AccountReading.objects.filter(payout_account=account).first()
    if reading is None or reading.read_at is None:
        return None
    agreed = counted(reading.matched_count, "movement")
    return table(
        "Its statement",
        Discrepancy.objects.filter(payout_account=account).order_by("-happened_at"),
        (
            columns.text("subject"),
            columns.badge("kind", KIND_TONES),
            columns.badge("status", STATUS_TONES),
            columns.amount("here_amount", title="Ours"),
            columns.amount("there_amount", title="The account's"),
            columns.column(_age, "Age", kind="amount"),
        ),
        empty="Every movement is a transfer or payout of ours.",
        note=f"{agreed} agreed on {reading.read_at:%Y-%m-%d %H:%M}.",
    )
