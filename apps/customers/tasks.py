"""What customers need by the clock."""

from __future__ import annotations

from apps.core.jobs import job
from apps.core.origin import Door, system_origin
from apps.customers import operations


@job("customers.forget_sessions", queue="low")
def forget_sessions(**_future: object) -> None:
    """Delete the sessions that have expired."""
    operations.forget_customer_sessions(origin=system_origin(Door.TASK))
