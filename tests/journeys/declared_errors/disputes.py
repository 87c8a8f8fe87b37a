"""Disputes."""

from __future__ import annotations

from typing import Any

from apps.disputes.models import Dispute
from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Call, Rows, Scene


def of_reviewed_dispute(call: Call, scene: Scene) -> Any:
    """A dispute whose evidence is with the bank."""
    dispute = scene.stock().dispute
    Dispute.objects.filter(pk=dispute.pk).update(status="under_review")
    return call(str(dispute.pk))


ROWS: Rows = {
    "disputes.list": OF_LIST,
    "disputes.get": OF_ONE,
    "disputes.accept": {**OF_ONE, "DisputeNotOpenError": of_reviewed_dispute},
}
