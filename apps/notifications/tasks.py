"""Jobs of mails."""

from __future__ import annotations

from uuid import UUID

from apps.core.jobs import job
from apps.core.origin import Door, system_origin
from apps.notifications import operations


@job("notifications.send_mail", queue="low")
def send_mail(*, mail_id: str, **_future: object) -> None:
    """Send one mail."""
    operations.send_mail(mail_id=UUID(mail_id), origin=system_origin(Door.TASK))


@job("notifications.sweep", queue="low")
def sweep(**_future: object) -> None:
    """Send what still waits."""
    operations.send_waiting_mails(origin=system_origin(Door.TASK))
