"""The mailbox: every mail to customers, as it was read, and sending it again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.notifications.kinds import KINDS
from apps.notifications.models import Mail
from apps.notifications.operations import resend_mail

MAIL_TONES = {"sent": "good", "queued": "busy", "failed": "bad", "suppressed": ""}


def _kind(mail: Mail) -> str:
    kind = KINDS.get(mail.kind)
    return kind.label if kind else mail.kind


MAIL_COLUMNS = (
    columns.text("subject"),
    columns.badge("status", MAIL_TONES),
    columns.text("recipient", "To"),
    columns.column(_kind, "Kind", order="kind"),
    columns.when("created_at", "Written"),
    columns.when("sent_at"),
)


@admin.register(Mail)
class MailAdmin(RecordAdmin):
    """What customers were written. In the sandbox this is the mailbox: nothing leaves it."""

    icon = "mail"
    actions_detail = ("resend",)
    related = ("organization",)
    search_hint = "Address, subject, kind or id"
    search_fields = ("recipient__icontains", "subject__icontains", "kind__istartswith")
    search_ids = ("id", "customer_id", "organization_id")
    list_filter = ("status", "kind", "created_at")
    # When it was sent is on its page: with it, the list is wider than a small screen.
    list_display = (*MAIL_COLUMNS[:4], columns.link("organization"), MAIL_COLUMNS[4])
    ordering = ("-created_at",)
    empty_text = "No mails have been written yet."
    facts: ClassVar = (
        (
            "Mail",
            (
                "subject",
                columns.badge("status", MAIL_TONES),
                columns.column(_kind, "Kind"),
                columns.text("recipient", "To"),
                columns.text("locale"),
                columns.column(
                    lambda mail: (
                        show.link_to("customers", "customer", mail.customer_id, "customer")
                        if mail.customer_id
                        else show.blank()
                    ),
                    "Customer",
                ),
                "organization",
                columns.code("id"),
            ),
        ),
        (
            "Sending",
            (
                columns.when("created_at", "Written"),
                columns.when("sent_at"),
                columns.text("attempt_count", "Tries"),
                columns.column(lambda mail: show.lines(mail.last_error), "Last error", kind="data"),
                columns.code("dedupe_key", "Occasion"),
            ),
        ),
    )

    @verb(
        title="Send again",
        role=roles.SUPPORT,
        icon="forward_to_inbox",
        text="The same mail goes to the same address once more, also if its kind is switched off.",
        available=lambda mail: mail.status != Mail.Status.QUEUED and bool(mail.html),
    )
    def resend(self, mail: Mail, data: dict[str, Any], origin: Origin) -> str:
        """Have the mail sent once more."""
        resend_mail(mail_id=mail.pk, origin=origin)
        return f"“{mail.subject}” is being sent to {mail.recipient}."


@panel("notifications.mail", position=10)
def as_it_was_read(mail: Any, request: HttpRequest) -> Panel:
    """The mail itself, in both of its forms."""
    return Panel(title="The mail", template="backoffice/mail.html", body=mail)


def _mails(title: str, rows: Any, more: str, empty: str) -> Panel:
    return table(title, rows.order_by("-created_at"), MAIL_COLUMNS, more=more, empty=empty)


@panel("customers.customer", position=85)
def mails_to_customer(customer: Any, request: HttpRequest) -> Panel:
    """What the customer was written."""
    return _mails(
        "Mails",
        Mail.objects.filter(customer_id=customer.pk),
        listing("notifications", "mail", customer_id__exact=customer.pk),
        "This customer has not been written to.",
    )


@panel("subscriptions.subscription", position=85)
@panel("orders.order", position=85)
def mails_about(record: Any, request: HttpRequest) -> Panel:
    """What the customer was written about this record."""
    about = {"subject_type": record._meta.model_name, "subject_id": str(record.pk)}
    return _mails(
        "Mails", Mail.objects.filter(**about), "", "Nobody has been written to about this."
    )
