"""Disputes, for staff: a queue by deadline, and all that can be done about one."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpRequest

from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import counted
from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.disputes.admin import cells
from apps.disputes.admin.desk import DeskViews
from apps.disputes.admin.filters import AssigneeFilter, OrganizationFilter, QueueFilter
from apps.disputes.models import Dispute
from apps.disputes.operations import accept_dispute, plan_accept_dispute
from apps.disputes.operations.gathering import gather_dossier
from apps.disputes.operations.handling import assign_dispute
from apps.disputes.operations.submitting import plan_submit_evidence, submit_evidence
from apps.ledger.models import Entry


def _needs_response(dispute: Dispute) -> bool:
    return dispute.status == Dispute.Status.NEEDS_RESPONSE and dispute.accept_asked_at is None


def _is_open(dispute: Dispute) -> bool:
    return not dispute.is_closed


@admin.register(Dispute)
class DisputeAdmin(DeskViews, RecordAdmin):
    """Payments that their payers contest."""

    icon = "gavel"
    tabs = "queue"
    actions_detail = ("submit", "accept", "gather", "take", "release")
    related = ("organization", "payment", "order", "customer", "assignee")
    search_hint = "du_…, ch_…, alert, e-mail, invoice number or id"
    search_fields = (
        "processor_id",
        "alert_id",
        "payment__processor_id",
        "payment__intent_id",
        "customer__email__icontains",
        "order__invoice_number__iexact",
        "organization__slug",
    )
    search_ids = ("id", "organization_id", "customer_id", "order_id", "payment_id")
    list_filter = (
        QueueFilter,
        "status",
        AssigneeFilter,
        "reason",
        OrganizationFilter,
        "currency",
        "opened_at",
    )
    list_display = (
        columns.column(cells.name, "Dispute", kind="mono"),
        cells.DEADLINE,
        cells.STATUS,
        cells.AMOUNT,
        cells.REASON,
        columns.link("organization"),
        columns.link("customer"),
        cells.ASSIGNEE,
    )
    ordering = (F("evidence_due_at").asc(nulls_last=True), "-opened_at")
    empty_text = "No dispute waits for anything."
    facts: ClassVar = (
        (
            "Dispute",
            (
                cells.STATUS,
                cells.DEADLINE,
                cells.AMOUNT,
                columns.amount("tax_amount", title="Of it tax"),
                cells.REASON,
                columns.text("network_reason_code", "Network's code"),
                columns.code("processor_id", "Provider id"),
                columns.code("alert_id", "Alert"),
                columns.text("alert_processor", "Alert from"),
                columns.code("id"),
            ),
        ),
        (
            "Of",
            ("organization", "order", columns.link("payment"), "customer"),
        ),
        (
            "Course",
            (
                cells.ASSIGNEE,
                "opened_at",
                columns.when("withdrawn_at", "Money taken"),
                columns.column(lambda one: show.yes_no(one.has_evidence), "Has evidence"),
                columns.text("submission_count", "Submissions"),
                columns.when("auto_accept_at", "Accepted by itself"),
                "accepted_at",
                columns.when("reinstated_at", "Money back"),
                "closed_at",
            ),
        ),
    )

    def subjects_of(self, record: Any) -> list[tuple[str, Any]]:
        """With the payment it is of."""
        return [*super().subjects_of(record), ("payment", record.payment_id)]

    def summary_of(self, rows: QuerySet[Any]) -> str:
        """What is contested in all that is listed, by currency."""
        sums = (
            rows.order_by("currency")
            .values("currency")
            .annotate(gross=Sum(F("amount") + F("tax_amount")), count=Count("pk"))
        )
        return ", ".join(format_amount(one["gross"], one["currency"]) for one in sums)

    @verb(
        title="Submit evidence",
        role=roles.FINANCE,
        icon="send",
        submit="Submit to the bank",
        is_danger=True,
        available=_needs_response,
        plan=lambda dispute, data, origin: plan_submit_evidence(
            dispute_id=dispute.pk, origin=origin
        ),
    )
    def submit(self, dispute: Dispute, data: dict[str, Any], origin: Origin) -> str:
        """Send the dossier to the bank."""
        dossier = submit_evidence(dispute_id=dispute.pk, agreed=data["agreed"], origin=origin)
        return f"Version {dossier.submitted_version} of the dossier was submitted."

    @verb(
        title="Accept",
        role=roles.FINANCE,
        icon="flag",
        submit="Accept the dispute",
        is_danger=True,
        available=_needs_response,
        plan=lambda dispute, data, origin: plan_accept_dispute(
            dispute_id=dispute.pk, origin=origin
        ),
    )
    def accept(self, dispute: Dispute, data: dict[str, Any], origin: Origin) -> str:
        """Let the payer have the money."""
        done = accept_dispute(dispute_id=dispute.pk, agreed=data["agreed"], origin=origin)
        return f"{done} is accepted."

    @verb(
        title="Gather again",
        role=roles.SUPPORT,
        icon="sync",
        submit="Gather",
        text="Asks every source again. What people wrote into the texts stays.",
        available=_is_open,
    )
    def gather(self, dispute: Dispute, data: dict[str, Any], origin: Origin) -> str:
        """Gather what speaks against it."""
        dossier = gather_dossier(dispute_id=dispute.pk, origin=origin)
        sections = counted(len(dossier.sections), "section")
        return f"Version {dossier.version} of the dossier has {sections}."

    @verb(
        title="Take",
        role=roles.SUPPORT,
        icon="person_add",
        text="You look after it from now on.",
        available=_is_open,
    )
    def take(self, dispute: Dispute, data: dict[str, Any], origin: Origin) -> str:
        """Look after it."""
        taken = assign_dispute(dispute_id=dispute.pk, user_id=UUID(origin.actor_id), origin=origin)
        return f"{taken.assignee} looks after it."

    @verb(
        title="Release",
        role=roles.SUPPORT,
        icon="person_remove",
        text="Nobody looks after it then.",
        available=lambda dispute: dispute.assignee_id is not None,
    )
    def release(self, dispute: Dispute, data: dict[str, Any], origin: Origin) -> str:
        """Let nobody look after it."""
        assign_dispute(dispute_id=dispute.pk, user_id=None, origin=origin)
        return "Nobody looks after it now."


@panel("disputes.dispute", position=50)
def entries_of_dispute(dispute: Any, request: HttpRequest) -> Panel:
    """What it moved in the ledger."""
    return table(
        "In the ledger",
        Entry.objects.filter(
            payment_id=dispute.payment_id, details__dispute_id=str(dispute.pk)
        ).order_by("posted_at", "pk"),
        (
            columns.column(lambda one: show.link(one, one.reference), "Entry", kind="link"),
            columns.badge("type", {}),
            columns.when("posted_at"),
        ),
        limit=20,
        empty="Nothing was booked.",
    )


def _panel_of(label: str, field: str, position: int) -> None:
    @panel(label, position=position)
    def source(record: Any, request: HttpRequest) -> Panel | None:
        query = {f"{field}__id__exact": record.pk, "queue": "all"}
        found = table(
            "Disputes",
            Dispute.objects.filter(**{field: record.pk})
            .select_related("organization")
            .order_by("-opened_at"),
            cells.BRIEF,
            more=listing("disputes", "dispute", **query),
        )
        return found if found.rows else None


_panel_of("payments.payment", "payment", 12)
_panel_of("orders.order", "order", 53)
_panel_of("customers.customer", "customer", 24)
