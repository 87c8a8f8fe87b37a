"""Answers kept for `Idempotency-Key`: a day, no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from apps.api.models import IdempotentReply
from apps.api.operations import forget_replies
from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.django_db
class TestForgetReplies:
    def test_deletes_what_is_older_than_a_day(self) -> None:
        for hours in (23, 24, 25):
            IdempotentReply.objects.create(
                organization_id=new_id(),
                key=f"{hours} hours",
                fingerprint="f",
                status_code=200,
                body=b"{}",
                created_at=NOW - timedelta(hours=hours),
            )
        origin = Origin(actor=Actor.SYSTEM, door=Door.TASK, at=NOW)
        assert forget_replies(origin=origin) == 1
        assert forget_replies(origin=origin) == 0
        kept = IdempotentReply.objects.order_by("key").values_list("key", flat=True)
        assert list(kept) == ["23 hours", "24 hours"]
