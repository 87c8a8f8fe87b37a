"""Refunds, for staff: made from an order, and looked after where the money does not arrive."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, latest, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.ledger.models import Entry
from apps.organizations.models import Organization
from apps.payments.forms import ImportForm, RefundForm, ReturnForm
from apps.payments.models import Refund
from apps.payments.operations import (
    RefundInput,
    credit_refund,
    dismiss_refund,
    import_refund,
    plan_credit_refund,
    plan_dismiss_refund,
    plan_import_refund,
    plan_refund_order,
    plan_retry_refund,
    plan_return_payment,
    refund_order,
    resume_refund,
    retry_refund,
    return_payment,
)

TONES = {"pending": "busy", "succeeded": "good", "failed": "bad", "canceled": "plain"}


def _gross(refund: Refund) -> Any:
    return show.amount(refund.gross_amount, refund.currency)


def _input(data: dict[str, Any]) -> RefundInput:
    return RefundInput(
        reason=data["why"],
        source=Refund.Source.STAFF,
        amount=data["amount"],
        comment=data["reason"],
        revoke_benefits=data["revoke_benefits"],
    )


def _there(origin: Origin, organization: Organization) -> Origin:
    """With no record there is nobody's test clock in the origin yet."""
    return origin.on_clock(organization.clock_offset)


def _waits(refund: Refund) -> bool:
    return refund.attention_at is not None and not refund.resolution


_COURSE: Final[dict[str, str]] = {
    Refund.Status.PENDING: "is under way",
    Refund.Status.SUCCEEDED: "has succeeded",
    Refund.Status.FAILED: "has failed",
    Refund.Status.CANCELED: "was canceled",
}


def _said(refund: Refund) -> str:
    amount = format_amount(refund.gross_amount, refund.currency)
    return f"The refund of {amount} {_COURSE[refund.status]}."


BRIEF = (
    columns.column(lambda one: show.link(one, f"…{str(one.pk)[-8:]}"), "Refund", kind="link"),
    columns.badge("status", TONES),
    columns.column(_gross, "With tax", kind="amount"),
    columns.amount("amount", title="Net"),
    columns.text("reason"),
    columns.text("resolution", "Settled by"),
    columns.code("processor_id", "Provider id"),
    columns.when("created_at"),
)


@admin.register(Refund)
class RefundAdmin(RecordAdmin):
    """Money that went back, is on its way, or did not arrive."""

    icon = "undo"
    actions_list = ("refund_order", "return_payment", "import_refund")
    actions_detail = ("retry", "credit", "dismiss", "ask_again")
    related = ("organization", "customer", "order", "payment")
    search_hint = "E-mail, re_…, ch_…, invoice number or id"
    search_fields = (
        "processor_id",
        "payment__processor_id",
        "customer__email__icontains",
        "order__invoice_number__iexact",
        "organization__slug",
    )
    search_ids = ("id", "organization_id", "customer_id", "order_id", "payment_id", "dispute_id")
    list_filter = (
        "status",
        presence("attention_at", "To do", "somebody has to decide", "nothing"),
        "reason",
        "source",
        "currency",
        "created_at",
    )
    list_display = (
        columns.column(lambda one: f"…{str(one.pk)[-8:]}", "Refund", kind="mono"),
        columns.badge("status", TONES),
        columns.column(_gross, "With tax", order="amount", kind="amount"),
        columns.link("order"),
        columns.link("customer"),
        columns.link("organization"),
        columns.when("attention_at", "To decide since"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Refund",
            (
                columns.badge("status", TONES),
                columns.column(_gross, "With tax", kind="amount"),
                columns.amount("amount", title="Net"),
                columns.amount("tax_amount"),
                "reason",
                "source",
                "revoke_benefits",
                columns.code("id"),
                columns.code("processor_id", "Provider id"),
                "created_at",
                columns.when("succeeded_at"),
                columns.when("next_check_at", "Next check"),
            ),
        ),
        (
            "Of",
            ("organization", "order", columns.link("payment"), "customer"),
        ),
        (
            "Did not arrive",
            (
                columns.text("failure_reason", "Why"),
                columns.text("failure_message", "Message"),
                columns.when("attention_at", "To decide since"),
                columns.text("resolution", "Settled by"),
                columns.link("retry_of", "Made in place of"),
            ),
        ),
        ("Data", (columns.text("comment"), "metadata")),
    )

    def subjects_of(self, record: Any) -> list[tuple[str, Any]]:
        """With the payment it is of."""
        return [*super().subjects_of(record), ("payment", record.payment_id)]

    @verb(
        title="Refund an order",
        role=roles.FINANCE,
        proposer=roles.SUPPORT,
        icon="undo",
        submit="Refund",
        is_danger=True,
        form=RefundForm,
        text="Gives money back to the method it was paid with, with its share of the tax.",
        plan=lambda nothing, data, origin: plan_refund_order(
            order_id=data["order"].pk,
            data=_input(data),
            origin=_there(origin, data["order"].organization),
        ),
    )
    def refund_order(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Refund an order, whole or in part."""
        order = data["order"]
        made = refund_order(
            order_id=order.pk,
            data=_input(data),
            agreed=data["agreed"],
            origin=_there(origin, order.organization),
        )
        return _said(made)

    @verb(
        title="Return a payment",
        role=roles.FINANCE,
        icon="keyboard_return",
        submit="Return",
        is_danger=True,
        form=ReturnForm,
        text="Gives money that no order has a use for back to its payer, before its day is over.",
        plan=lambda nothing, data, origin: plan_return_payment(
            payment_id=data["payment"].pk, origin=_there(origin, data["payment"].organization)
        ),
    )
    def return_payment(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Return a payment without an order."""
        payment = data["payment"]
        made = return_payment(
            payment_id=payment.pk,
            source=Refund.Source.STAFF,
            agreed=data["agreed"],
            origin=_there(origin, payment.organization),
        )
        return _said(made)

    @verb(
        title="Import from Stripe",
        role=roles.FINANCE,
        icon="download",
        submit="Import",
        form=ImportForm,
        text="Takes up a refund that Stripe has and that is missing here, or stands otherwise.",
        plan=lambda nothing, data, origin: plan_import_refund(
            processor_id=data["processor_id"], origin=origin
        ),
    )
    def import_refund(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Write down what has happened there."""
        made = import_refund(
            processor_id=data["processor_id"], agreed=data["agreed"], origin=origin
        )
        return _said(made)

    @verb(
        title="Try again",
        role=roles.FINANCE,
        proposer=roles.SUPPORT,
        icon="replay",
        text="Asks for a new refund of the same amount to the same method.",
        available=_waits,
        plan=lambda refund, data, origin: plan_retry_refund(refund_id=refund.pk, origin=origin),
    )
    def retry(self, refund: Refund, data: dict[str, Any], origin: Origin) -> str:
        """Refund once more."""
        return _said(retry_refund(refund_id=refund.pk, agreed=data["agreed"], origin=origin))

    @verb(
        title="Give credit instead",
        role=roles.FINANCE,
        proposer=roles.SUPPORT,
        icon="account_balance_wallet",
        available=lambda refund: _waits(refund) and refund.order_id is not None,
        plan=lambda refund, data, origin: plan_credit_refund(refund_id=refund.pk, origin=origin),
    )
    def credit(self, refund: Refund, data: dict[str, Any], origin: Origin) -> str:
        """Put the amount on the customer's balance."""
        credit_refund(refund_id=refund.pk, agreed=data["agreed"], origin=origin)
        amount = format_amount(refund.gross_amount, refund.currency)
        return f"{refund.customer} has {amount} more credit."

    @verb(
        title="Leave it",
        role=roles.FINANCE,
        icon="done",
        text="Nothing more is to be done: it was settled otherwise.",
        available=_waits,
        plan=lambda refund, data, origin: plan_dismiss_refund(refund_id=refund.pk, origin=origin),
    )
    def dismiss(self, refund: Refund, data: dict[str, Any], origin: Origin) -> str:
        """Take it off the list."""
        dismiss_refund(refund_id=refund.pk, agreed=data["agreed"], origin=origin)
        return "Nothing more is to be done about it."

    @verb(
        title="Ask Stripe now",
        role=roles.SUPPORT,
        icon="sync",
        text="Finds out what became of it, as the sweep does by itself.",
        available=lambda refund: refund.status == Refund.Status.PENDING,
    )
    def ask_again(self, refund: Refund, data: dict[str, Any], origin: Origin) -> str:
        """Bring it to what the processor says."""
        resume_refund(refund_id=refund.pk, origin=origin)
        refund.refresh_from_db()
        return _said(refund)


def _verb_link(
    request: HttpRequest, title: str, name: str, role: str = roles.FINANCE, **query: Any
) -> list[tuple[str, str]]:
    if not roles.reaches(request.user, role):
        return []
    return [(title, f"{reverse(f'admin:payments_refund_{name}')}?{urlencode(query)}")]


@panel("orders.order", position=52)
def refunds_of_order(order: Any, request: HttpRequest) -> Panel:
    """What went back of it, and the way to give back more."""
    can = order.status in ("paid", "partially_refunded") and order.refunds_blocked_at is None
    return table(
        "Refunds",
        Refund.objects.filter(order=order).order_by("-created_at"),
        BRIEF,
        more=listing("payments", "refund", order__id__exact=order.pk),
        empty="Nothing was refunded.",
        verbs=_verb_link(request, "Refund", "refund_order", roles.SUPPORT, order=order.pk)
        if can
        else (),
    )


latest(
    "customers.customer",
    Refund,
    "customer",
    BRIEF,
    title="Refunds",
    position=22,
    empty="Nothing was refunded.",
)


@panel("payments.payment", position=20)
def refunds_of_payment(payment: Any, request: HttpRequest) -> Panel | None:
    """What went back of it; of money without an order, the way to return it now."""
    rows = Refund.objects.filter(payment=payment).order_by("-created_at")
    is_lost = payment.unclaimed_at is not None and payment.booked_at is not None
    found = table(
        "Refunds",
        rows,
        BRIEF,
        empty="It goes back to its payer a day after it was found to pay nothing.",
        verbs=_verb_link(request, "Return now", "return_payment", payment=payment.pk)
        if is_lost
        else (),
    )
    return found if found.rows or is_lost else None


@panel("payments.refund", position=10)
def entries_of_refund(refund: Any, request: HttpRequest) -> Panel:
    """What it moved in the ledger, and what was undone."""
    return table(
        "In the ledger",
        Entry.objects.filter(
            payment_id=refund.payment_id, details__refund_id=str(refund.pk)
        ).order_by("posted_at", "pk"),
        (
            columns.column(lambda one: show.link(one, one.reference), "Entry", kind="link"),
            columns.badge("type", {}),
            columns.when("posted_at"),
        ),
        limit=20,
        empty="Nothing was booked.",
    )
