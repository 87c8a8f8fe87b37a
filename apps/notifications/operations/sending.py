"""Sending what waits, once, and again where staff ask for it."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.core.rows import save_fields
from apps.events.operations import record
from apps.notifications.locks import claim_queued_mail, lock_mail
from apps.notifications.models import Mail
from apps.notifications.selectors import waiting_mail_ids
from apps.notifications.states import MAIL

log = structlog.get_logger(__name__)

# The sweeper comes every few minutes, so that is about half a day.
MAX_ATTEMPTS = 100


@transaction.atomic
def send_mail(*, mail_id: UUID, origin: Origin) -> bool:
    """
    Hand a waiting mail to the mail server; whether this call did it.

    One that is sent, or in another worker's hands, is left alone. A server that does not take it
    is asked again by the sweep, and after `MAX_ATTEMPTS` the mail has failed. Each copy of a mail
    carries the same Message-ID, so that one sent twice by a crash is one in the reader's box.
    """
    mail = claim_queued_mail(mail_id)
    if mail is None:
        return False
    mail.attempt_count += 1
    try:
        _message(mail).send()
    except Exception as error:
        # Whatever a mail backend may raise: the mail stays, with the reason.
        log.warning("mail_not_sent", mail=str(mail.pk), error=type(error).__name__)
        mail.last_error = f"{type(error).__name__}: {error}"
        if mail.attempt_count >= MAX_ATTEMPTS:
            _move(mail, Mail.Status.FAILED)
    else:
        _move(mail, Mail.Status.SENT)
        mail.sent_at, mail.last_error = origin.at, ""
    mail.modified_at = origin.at
    save_fields(mail, "status", "attempt_count", "last_error", "sent_at", "modified_at")
    return mail.status == Mail.Status.SENT


def send_waiting_mails(*, origin: Origin) -> int:
    """Send every mail that waits, which is what the broker lost or a server refused; how many."""
    return sum(send_mail(mail_id=mail_id, origin=origin) for mail_id in waiting_mail_ids())


@transaction.atomic
def resend_mail(*, mail_id: UUID, origin: Origin) -> Mail:
    """
    Send a mail once more, also one that was suppressed; `origin` tells who asks and why.

    Records `mail.resent`. One that waits already just keeps waiting.
    """
    mail = lock_mail(mail_id)
    if mail.status == Mail.Status.QUEUED:
        return mail
    before = mail.status
    _move(mail, Mail.Status.QUEUED)
    mail.attempt_count, mail.last_error = 0, ""
    mail.modified_at = origin.at
    mail.save(update_fields=["status", "attempt_count", "last_error", "modified_at"])
    record(
        "mail.resent",
        subject=mail,
        organization_id=mail.organization_id,
        origin=origin,
        changes={"status": (before, mail.status)},
    )
    enqueue("notifications.send_mail", queue="low", mail_id=str(mail.pk))
    return mail


def _move(mail: Mail, to: str) -> None:
    MAIL.require(mail.status, to)
    mail.status = to


def _message(mail: Mail) -> EmailMultiAlternatives:
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    sender = f'"{_quoted(mail.organization.name)}" <{_address(settings.DEFAULT_FROM_EMAIL)}>'
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=sender,
        to=[mail.recipient],
        reply_to=[mail.organization.email] if mail.organization.email else None,
        headers={"Message-ID": f"<{mail.pk}@{host}>"},
    )
    message.attach_alternative(mail.html, "text/html")
    return message


def _address(sender: str) -> str:
    return sender.rpartition("<")[2].strip("> ")


def _quoted(name: str) -> str:
    """The merchant's name as the quoted part of an address: no quotes, no line breaks."""
    return " ".join(name.replace('"', "").replace("\\", "").split())
