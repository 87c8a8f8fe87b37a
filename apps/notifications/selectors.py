"""Reads across mails."""

from __future__ import annotations

from uuid import UUID

from apps.notifications.models import Mail


def waiting_mail_ids(*, limit: int = 1000) -> list[UUID]:
    """The mails that wait to be sent, oldest first."""
    waiting = Mail.objects.filter(status=Mail.Status.QUEUED).order_by("created_at")
    return list(waiting.values_list("pk", flat=True)[:limit])
