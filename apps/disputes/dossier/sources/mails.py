"""What the customer was written."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from apps.disputes.dossier import words
from apps.disputes.dossier.evidence import Evidence, Section
from apps.disputes.dossier.fields import cut
from apps.disputes.dossier.registry import Case
from apps.notifications.models import Mail

# Of the time around the payment; older mails say nothing about it.
BEFORE: Final = timedelta(days=90)
LIMIT: Final = 30
TEXT_LENGTH: Final = 2000


def from_mails(case: Case) -> Evidence | None:
    """The mails that were sent, and the words of those about the disputed order."""
    if case.customer is None:
        return None
    sent = Mail.objects.filter(
        customer_id=case.customer.pk,
        status=Mail.Status.SENT,
        sent_at__gte=case.payment.created_at - BEFORE,
        sent_at__lte=case.dispute.opened_at,
    )
    mails = list(sent.order_by("-sent_at", "pk")[:LIMIT])[::-1]
    if not mails:
        return None
    listed = Section(
        title="Mails to the customer",
        columns=("Sent", "To", "Subject"),
        rows=tuple((words.moment(one.sent_at), one.recipient, one.subject) for one in mails),
    )
    return Evidence(sections=(listed, *_letters(case, mails)))


def _letters(case: Case, mails: list[Mail]) -> list[Section]:
    order = case.order
    if order is None:
        return []
    subjects = {str(order.pk)} | ({str(order.subscription_id)} - {"None"})
    return [
        Section(
            title=f"Mail: {mail.subject}",
            facts=(("To", mail.recipient), ("Sent", words.moment(mail.sent_at))),
            text=cut(mail.text, TEXT_LENGTH),
        )
        for mail in mails
        if mail.subject_id in subjects
    ]
