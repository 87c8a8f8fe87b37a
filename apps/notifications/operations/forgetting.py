"""Forgetting to whom mails went, when a customer is anonymised."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.notifications.models import Mail

FORGOTTEN = "forgotten@invalid"


@transaction.atomic
def forget_recipient(*, customer_id: UUID) -> int:
    """Empty the mails of a customer, so that only their kind and time stay; how many."""
    mails = Mail.objects.filter(customer_id=customer_id)
    return mails.update(recipient=FORGOTTEN, subject="", text="", html="", last_error="")
