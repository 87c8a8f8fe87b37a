"""What the API does by the clock."""

from __future__ import annotations

from apps.api import operations
from apps.core.jobs import job
from apps.core.origin import Door, system_origin


@job("api.forget_replies", queue="low")
def forget_replies(**_future: object) -> None:
    """Keep answers to repeated requests for a day only."""
    operations.forget_replies(origin=system_origin(Door.TASK))
