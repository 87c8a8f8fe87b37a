"""Payouts, for staff: what is where, and what can be done about it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from apps.core.clock import moment
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.ledger.models import Entry
from apps.ledger.payouts import (
    arrival_reference,
    payout_fees_reference,
    payout_reference,
    transfer_reference,
)
from apps.payouts.admin.invoices import InvoiceVerbs
from apps.payouts.forms import OrganizationForm, PaidForm, RetryForm, ScheduleForm
from apps.payouts.models import Payout, PayoutAttempt
from apps.payouts.operations import (
    cancel_payout,
    mark_payout_paid,
    plan_cancel_payout,
    plan_mark_payout_paid,
    plan_request_payout,
    plan_retry_payout,
    request_payout,
    retry_payout,
    set_payout_schedule,
    transfer_payout,
)
from apps.payouts.selectors import left_to_pay, money_of, profile_of
from apps.payouts.states import CANCELABLE

TONES = {
    "pending": "busy",
    "held": "warn",
    "in_transit": "busy",
    "succeeded": "good",
    "failed": "bad",
    "canceled": "plain",
}
STEP_TONES = {"asked": "warn", "returning": "warn", "made": "good", "returned": "plain"}


def _there(origin: Origin, data: dict[str, Any]) -> Origin:
    """The origin of a verb of the list, on the test clock of the organization named in it."""
    return origin.on_clock(data["organization"].clock_offset)


def _request_plan(record: None, data: dict[str, Any], origin: Origin) -> Plan:
    return plan_request_payout(organization=data["organization"], origin=_there(origin, data))


def _status(payout: Payout) -> SafeString:
    """The status, and under it why it failed or what it waits for."""
    badge = show.badge(payout.get_status_display(), TONES.get(payout.status, ""))
    note = payout.failure_message
    if 0 < payout.settled_amount < payout.amount:
        missing = format_amount(payout.amount - payout.settled_amount, payout.currency)
        note = f"{missing} has not arrived. {note}"
    if payout.transfer_status in ("asked", "returning"):
        note = "the processor has not confirmed"
    return format_html('{}<div class="bo-tile-note">{}</div>', badge, note) if note else badge


def _arriving(payout: Payout) -> SafeString:
    return show.amount(payout.account_amount, payout.account_currency)


def _left(payout: Payout) -> SafeString:
    return show.amount(left_to_pay(payout), payout.account_currency)


BRIEF = (
    columns.text("invoice_number", "Payout"),
    columns.column(_status, "Status", order="status", kind="status"),
    columns.amount("amount", title="Paid out"),
    columns.amount("fees_amount", title="Fees"),
    columns.when("created_at"),
)


@admin.register(Payout)
class PayoutAdmin(InvoiceVerbs, RecordAdmin):
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
        columns.column(_status, "Status", order="status", kind="status"),
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
                columns.column(_status, "Status"),
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

    def title_of(self, record: Payout) -> str:
        """Its number and whose it is."""
        return f"{record} of {record.organization}"

    @verb(
        title="Request a payout",
        role=roles.FINANCE,
        icon="payments",
        submit="Request",
        form=OrganizationForm,
        text="Pays an organization's whole available balance out.",
        plan=_request_plan,
    )
    def ask_for(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Pay an organization out now."""
        payout = request_payout(
            organization_id=data["organization"].pk,
            agreed=data["agreed"],
            origin=_there(origin, data),
        )
        return f"{payout} is {payout.status}."

    @verb(
        title="Set a schedule",
        role=roles.FINANCE,
        icon="calendar_month",
        submit="Set",
        form=ScheduleForm,
        text="Pays an organization out by itself, at midnight UTC.",
    )
    def schedule(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Pay an organization out by a schedule, or only when asked."""
        profile = set_payout_schedule(
            organization_id=data["organization"].pk,
            schedule=data["schedule"],
            origin=_there(origin, data),
        )
        return f"{profile}: {profile.get_schedule_display().lower()}."

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
        return f"{tried} is {tried.status}."

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
        title="Cancel",
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
        return f"{canceled} is {canceled.status}."


ATTEMPT_TONES = {
    "pending": "busy",
    "in_transit": "busy",
    "succeeded": "good",
    "failed": "bad",
}
ATTEMPTS = (
    columns.column(str, "Attempt", kind="text"),
    columns.badge("status", ATTEMPT_TONES),
    columns.amount("amount"),
    columns.code("processor_id", "Provider id"),
    columns.text("failure_message", "Why it failed"),
    columns.when("created_at"),
    columns.when("arrival_at", "Arrives"),
)


@admin.register(PayoutAttempt)
class PayoutAttemptAdmin(RecordAdmin):
    """Tries to have a payout, or a part of it, in a bank."""

    icon = "sync_alt"
    has_timeline = False
    related = ("organization", "payout")
    search_hint = "po_…, payout number or id"
    search_fields = ("processor_id", "payout__invoice_number__iexact", "organization__slug")
    search_ids = ("id", "organization_id", "payout_id")
    list_filter = ("status", "currency", "created_at")
    list_display = (columns.link("payout"), *ATTEMPTS)
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Attempt",
            (
                columns.link("payout"),
                columns.badge("status", ATTEMPT_TONES),
                columns.amount("amount"),
                columns.code("processor_id", "Provider id"),
                "failure_code",
                "failure_message",
                columns.when("arrival_at", "Arrives"),
                columns.when("next_check_at", "Asked again"),
                "created_at",
                columns.code("id"),
            ),
        ),
    )


@panel("payouts.payout", position=10)
def attempts_of_payout(payout: Any, request: HttpRequest) -> Panel:
    """Every try, the first on top."""
    return table(
        "Attempts",
        payout.attempts.order_by("number"),
        ATTEMPTS,
        limit=50,
        empty="Nothing was sent to a bank yet.",
    )


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
            columns.text("type"),
            columns.when("posted_at"),
        ),
        limit=50,
    )


@panel("organizations.organization", position=12)
def payouts_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """What may be paid out, by when the rest follows, and the latest payouts."""
    verbs = []
    if roles.reaches(request.user, roles.FINANCE):
        query = urlencode({"organization": organization.slug})
        verbs = [
            ("Request a payout", f"{reverse('admin:payouts_payout_ask_for')}?{query}"),
            ("Set a schedule", f"{reverse('admin:payouts_payout_schedule')}?{query}"),
        ]
    return table(
        "Payouts",
        Payout.objects.filter(organization=organization).order_by("-created_at"),
        BRIEF,
        more=listing("payouts", "payout", organization__id__exact=organization.pk),
        empty="Nothing was paid out yet.",
        note=_standing(organization),
        verbs=verbs,
    )


def _standing(organization: Any) -> str:
    currency = settings.SETTLEMENT_CURRENCY
    money = money_of(organization.pk, at=moment(organization.clock_offset))
    words = [f"{money} available"]
    if money.releases:
        last = money.releases[-1].at
        pending = format_amount(money.pending_amount, currency)
        words.append(f"{pending} maturing until {last:%d %b %Y}")
    profile = profile_of(organization.pk)
    account = profile.payout_account if profile else None
    words.append(f"paid to {account}" if account else "no payout account")
    if profile and profile.next_payout_at:
        words.append(f"{profile.schedule}, next on {profile.next_payout_at:%d %b %Y}")
    return "; ".join(words) + "."
