"""Payouts, for staff: what is where, and what can be done about it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.plans import counted
from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, Total, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import Caution, verb
from apps.ledger.models import Entry
from apps.ledger.payouts import (
    arrival_reference,
    payout_fees_reference,
    payout_reference,
    transfer_reference,
)
from apps.payouts.admin.cells import COURSE, TONES, status_cell
from apps.payouts.admin.files import FileViews
from apps.payouts.admin.invoices import InvoiceVerbs
from apps.payouts.admin.requests import RequestVerbs
from apps.payouts.forms import PaidForm, RetryForm
from apps.payouts.models import Payout
from apps.payouts.operations import (
    cancel_payout,
    mark_payout_paid,
    plan_cancel_payout,
    plan_mark_payout_paid,
    plan_retry_payout,
    retry_payout,
    transfer_payout,
)
from apps.payouts.selectors import left_to_pay
from apps.payouts.states import CANCELABLE

STEP_TONES = {"asked": "warn", "returning": "warn", "made": "good", "returned": "plain"}


def _arriving(payout: Payout) -> SafeString:
    return show.amount(payout.account_amount, payout.account_currency)


def _left(payout: Payout) -> SafeString:
    return show.amount(left_to_pay(payout), payout.account_currency)


@admin.register(Payout)
class PayoutAdmin(RequestVerbs, InvoiceVerbs, FileViews, RecordAdmin):
    """Balances on their way to merchants."""

    icon = "payments"
    actions_list = ("ask_for", "schedule", "billing")
    actions_detail = ("retry", "mark_paid", "issue_invoice", "ask_again", "cancel")
    related = ("organization", "payout_account")
    search_hint = "Number, organization, tr_…, acct_…, po_…, reference or id"
    search_fields = (
        "invoice_number__iexact",
        "organization__slug",
        "transfer_id",
        "payout_account__processor_id",
        "attempts__processor_id",
        "reference__iexact",
    )
    search_is_plural = True
    search_ids = ("id", "organization_id", "payout_account_id")
    list_filter = (
        "status",
        "transfer_status",
        "trigger",
        "is_manual",
        "account_currency",
        "created_at",
    )
    list_display = (
        columns.text("invoice_number", "Payout"),
        columns.column(status_cell, "Status", order="status", kind="status"),
        columns.amount("amount", title="Paid out"),
        columns.amount("fees_amount", title="Fees"),
        columns.column(_arriving, "Arriving", kind="amount"),
        columns.link("organization"),
        columns.link("payout_account"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Payout",
            (
                columns.column(status_cell, "Status"),
                columns.amount("gross_amount", title="Taken from the balance"),
                columns.amount("fees_amount", title="Fees"),
                columns.amount("amount", title="Paid out"),
                columns.amount("settled_amount", title="Arrived"),
                columns.column(_arriving, "In the account's currency"),
                columns.column(_left, "Left to be sent"),
                "organization",
                columns.link("payout_account"),
                "invoice_number",
                columns.when("invoice_issued_at", "Invoiced"),
                "trigger",
                "created_at",
                columns.when("paid_at", "Paid"),
                columns.when("canceled_at", "Canceled"),
            ),
        ),
        (
            "At the processor",
            (
                columns.badge("transfer_status", STEP_TONES, "Transfer"),
                columns.code("transfer_id", "Transfer id"),
                columns.when("transferred_at", "Transferred"),
                columns.code("transfer_reversal_id", "Returned by"),
                "failure_code",
                "failure_message",
                columns.text("reference", "Bank's reference"),
                columns.when("next_check_at", "Asked again"),
                columns.code("id"),
            ),
        ),
    )

    def totals(self, rows: QuerySet[Payout]) -> list[Total]:
        """What the payouts of the list come to by status; one query."""
        # A search may reach a payout by several of its attempts.
        found = Payout.objects.filter(pk__in=rows.values("pk")).values("status", "currency")
        sums: dict[str, list[tuple[str, int, int]]] = {}
        for one in found.annotate(sum=Sum("amount"), count=Count("pk")).order_by("currency"):
            sums.setdefault(one["status"], []).append((one["currency"], one["sum"], one["count"]))
        return [
            Total(
                title=label,
                values=[show.amount(amount, currency) for currency, amount, _ in sums[status]],
                note=counted(sum(count for _, _, count in sums[status]), "payout"),
                tone=TONES.get(status, ""),
            )
            for status, label in Payout.Status.choices
            if status in sums
        ]

    def title_of(self, record: Payout) -> str:
        """Its number and whose it is."""
        return f"{record} of {record.organization}"

    @verb(
        title="Try again",
        role=roles.FINANCE,
        icon="replay",
        form=RetryForm,
        text="Has what is left of it paid again, whole or in part.",
        available=lambda payout: (
            not payout.is_manual
            and (
                left_to_pay(payout) > 0
                or (payout.status == "failed" and payout.transfer_status == "none")
            )
            and payout.status not in ("canceled", "held")
        ),
        plan=lambda payout, data, origin: plan_retry_payout(payout=payout, amount=data["amount"]),
    )
    def retry(self, payout: Payout, data: dict[str, Any], origin: Origin) -> str:
        """Try what is left, or a part of it, again."""
        tried = retry_payout(
            payout_id=payout.pk, amount=data["amount"], agreed=data["agreed"], origin=origin
        )
        said = f"{tried} {COURSE[tried.status]}."
        return Caution(said) if tried.status == Payout.Status.FAILED else said

    @verb(
        title="Mark as paid",
        role=roles.FINANCE,
        icon="task_alt",
        form=PaidForm,
        text="For a payout that somebody has made at the bank.",
        available=lambda payout: payout.is_manual and payout.status == "pending",
        plan=lambda payout, data, origin: plan_mark_payout_paid(payout=payout),
    )
    def mark_paid(self, payout: Payout, data: dict[str, Any], origin: Origin) -> str:
        """Note that somebody has paid it."""
        mark_payout_paid(
            payout_id=payout.pk, reference=data["reference"], agreed=data["agreed"], origin=origin
        )
        return f"{payout} is paid."

    @verb(
        title="Ask the processor",
        role=roles.FINANCE,
        icon="sync",
        text="Finds out what became of a transfer whose answer is missing; nothing is paid twice.",
        available=lambda payout: payout.transfer_status == "asked",
    )
    def ask_again(self, payout: Payout, data: dict[str, Any], origin: Origin) -> str:
        """Ask what became of the transfer."""
        asked = transfer_payout(payout_id=payout.pk, origin=origin)
        return f"The transfer of {asked} is {asked.get_transfer_status_display().lower()}."

    @verb(
        title="Cancel payout",
        role=roles.FINANCE,
        icon="undo",
        is_danger=True,
        text="Gives the money back to the organization's balance.",
        available=lambda payout: payout.status in CANCELABLE,
        plan=lambda payout, data, origin: plan_cancel_payout(payout=payout),
    )
    def cancel(self, payout: Payout, data: dict[str, Any], origin: Origin) -> str:
        """Give it back."""
        canceled = cancel_payout(payout_id=payout.pk, agreed=data["agreed"], origin=origin)
        return f"{canceled} {COURSE[canceled.status]}."


@panel("payouts.payout", position=20)
def entries_of_payout(payout: Any, request: HttpRequest) -> Panel:
    """What it is in the books."""
    attempt_ids = [payout.pk, *payout.attempts.values_list("pk", flat=True)]
    references = [
        payout_fees_reference(payout.pk),
        payout_reference(payout.pk),
        transfer_reference(payout.pk),
        *(arrival_reference(pk) for pk in attempt_ids),
    ]
    references += [f"reversal:{reference}" for reference in references]
    return table(
        "Ledger entries",
        Entry.objects.filter(reference__in=references).order_by("posted_at", "pk"),
        (
            columns.text("reference", "Entry"),
            columns.badge("type", {}),
            columns.when("posted_at"),
        ),
        limit=50,
    )
