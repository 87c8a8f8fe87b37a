"""The row locks of seats. The container is always locked before its seats."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.seats.containers import Container, Seated, keeper_of
from apps.seats.models import CustomerSeat


def lock_container(seated: Seated, *, at: datetime) -> Container:
    """
    The purchase that a seat is of, held until the transaction ends, as it stands `at` that moment.

    :raises ResourceNotFound: if there is none.
    """
    keeper, container_id = keeper_of(seated)
    return keeper.lock(container_id, at)


def lock_seat(seat_id: UUID) -> CustomerSeat:
    """
    One seat of a container that is held already.

    :raises ResourceNotFound: if there is none.
    """
    rows = CustomerSeat.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("organization", "customer", "member").filter(pk=seat_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def lock_seats(container: Container) -> list[CustomerSeat]:
    """Every seat of a container that is held already, the first assigned first."""
    rows = CustomerSeat.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("organization", "customer", "member").filter(**container.key)
    return list(found.order_by("created_at", "id"))
