"""Jobs of orders."""

from __future__ import annotations

from apps.core.jobs import job
from apps.core.origin import Door, system_origin
from apps.orders.operations import release_stale_payment_locks


@job("orders.release_stale_payment_locks", queue="low")
def release_stale_payment_locks_task(**_future: object) -> None:
    """Free orders whose charge has given no sign for long."""
    release_stale_payment_locks(origin=system_origin(Door.TASK))
