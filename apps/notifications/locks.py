"""Row locks of mails."""

from __future__ import annotations

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.notifications.models import Mail


def claim_queued_mail(mail_id: UUID) -> Mail | None:
    """The mail, locked; None if it is not waiting, or in another worker's hands."""
    return (
        Mail.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("organization")
        .filter(pk=mail_id, status=Mail.Status.QUEUED)
        .first()
    )


def lock_mail(mail_id: UUID) -> Mail:
    """The mail, locked until the end of the transaction."""
    try:
        return Mail.objects.select_for_update(of=("self",), no_key=True).get(pk=mail_id)
    except Mail.DoesNotExist:
        raise ResourceNotFound from None
