"""Writing a mail in the transaction of what it tells about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.core.prepared import Prepared
from apps.core.rows import insert_if_new
from apps.notifications.kinds import MailKind, kind_of
from apps.notifications.models import Mail
from apps.notifications.rendering import render_letter
from apps.organizations.models import Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """
    What a mail is written for.

    `key` names the occasion: of two with the same kind and key only the first is written.
    `context` is JSON-ready, amounts in minor units.
    """

    kind: str
    key: str
    organization: Organization
    recipient: str | None
    customer_id: UUID | None = None
    subject_type: str = ""
    subject_id: str = ""
    locale: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


_by_key = Prepared(lambda value: Mail.objects.filter(dedupe_key=value))


@transaction.atomic(savepoint=False)
def queue_mail(*, occasion: Occasion, origin: Origin) -> Mail | None:
    """
    Write a mail and have it sent after the commit.

    The second call for the same occasion returns the first mail. One that the organization has
    switched off is kept as suppressed. None where there is nobody to write to.
    """
    if not occasion.recipient:
        return None
    kind = kind_of(occasion.kind)
    dedupe_key = f"{kind.name}:{occasion.key}"
    existing = _by_key.first(dedupe_key)
    if existing is not None:
        return existing
    letter = render_letter(
        kind,
        organization=occasion.organization,
        locale=occasion.locale or "",
        context={**_account(occasion), **occasion.context},
    )
    mail = Mail(
        created_at=origin.at,
        organization=occasion.organization,
        kind=kind.name,
        customer_id=occasion.customer_id,
        subject_type=occasion.subject_type,
        subject_id=occasion.subject_id,
        recipient=occasion.recipient,
        locale=occasion.locale or "",
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        status=Mail.Status.QUEUED
        if is_wanted(kind, occasion.organization)
        else Mail.Status.SUPPRESSED,
        dedupe_key=dedupe_key,
    )
    # Another worker may write the same mail at this moment: one of the two is dropped.
    if not insert_if_new(mail):
        return Mail.objects.get(dedupe_key=dedupe_key)
    if mail.status == Mail.Status.QUEUED:
        enqueue("notifications.send_mail", queue="low", mail_id=str(mail.pk))
    return mail


def is_wanted(kind: MailKind, organization: Organization) -> bool:
    """Whether the organization lets its customers have such mails; yes unless it said no."""
    if kind.setting is None:
        return True
    return bool(organization.customer_email_settings.get(kind.setting, True))


def _account(occasion: Occasion) -> dict[str, str]:
    """Where customers find what they bought; a mail that leads elsewhere leads there alone."""
    if occasion.customer_id is None or "url" in occasion.context or "code" in occasion.context:
        return {}
    return {"account_url": f"{settings.BASE_URL}/portal/{occasion.organization.slug}"}
