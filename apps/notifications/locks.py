"""Row locks of mails."""

from __future__ import annotations

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, Prepared
from apps.notifications.models import Mail

_queued = Prepared(
    lambda value: (
        Mail.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("organization")
        .filter(pk=value, status=Mail.Status.QUEUED)
    ),
    mark=ID_MARK,
)


def claim_queued_mail(mail_id: UUID) -> Mail | None:
    """The mail, locked; None if it is not waiting, or in another worker's hands."""
    return _queued.first(mail_id)


def lock_mail(mail_id: UUID) -> Mail:
    """The mail, locked until the end of the transaction."""
    try:
        return Mail.objects.select_for_update(of=("self",), no_key=True).get(pk=mail_id)
    except Mail.DoesNotExist:
        raise ResourceNotFound from None
