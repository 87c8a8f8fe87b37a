"""What the API forgets."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from apps.api.models import IdempotentReply
from apps.core.origin import Origin

# A client that repeats a request does so within the hour; a day is what integrators expect.
REPLIES_KEPT_FOR = timedelta(hours=24)


@transaction.atomic
def forget_replies(*, origin: Origin) -> int:
    """
    Delete kept answers older than a day; returns how many.

    A key may then be used anew. `origin.at` is the machine's time, as are the answers'.
    """
    old = IdempotentReply.objects.filter(created_at__lt=origin.at - REPLIES_KEPT_FOR)
    return old.delete()[0]
