"""Making seats, and what the people on them are granted, follow what was bought."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.benefits.operations import Alignment, Entitlement, align_grants
from apps.benefits.selectors import members_granted
from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.seats.containers import Container
from apps.seats.locks import lock_container, lock_seat, lock_seats
from apps.seats.models import CustomerSeat
from apps.seats.operations.announcing import announce_seat, write_revocation
from apps.seats.states import SEAT


@transaction.atomic
def align_seats(*, container: Container, origin: Origin) -> Alignment:
    """
    Free the seats that are not bought any more, and have granted what the others give.

    A purchase that gives nothing and keeps nobody loses all of them. Of more people than seats,
    those leave who were asked last, and the invited before the seated. Whoever calls holds the
    container. The second time nothing is asked for.
    """
    seats = [seat for seat in lock_seats(container) if seat.is_taken]
    leaving = _leaving(container, seats)
    for seat in leaving:
        free_seat(seat, container, origin)
    seated = {
        seat.member_id
        for seat in seats
        if seat.member_id is not None and seat.status == CustomerSeat.Status.CLAIMED
    }
    asked = Alignment(grant=[], revoke=[])
    for member_id in sorted({*seated, *members_granted(**container.key)}):
        one = align_member(container, member_id, member_id in seated, origin)
        asked.grant.extend(one.grant)
        asked.revoke.extend(one.revoke)
    return asked


def align_member(
    container: Container, member_id: UUID, is_seated: bool, origin: Origin
) -> Alignment:
    """What one person has by a container that is held, as their seat stands."""
    return align_grants(
        entitlement=Entitlement(
            organization_id=container.organization.pk,
            customer_id=container.customer.pk,
            product_id=container.product.pk if container.product else None,
            member_id=member_id,
            is_entitled=is_seated and container.gives,
            **container.key,
        ),
        origin=origin,
    )


def free_seat(seat: CustomerSeat, container: Container, origin: Origin) -> UUID | None:
    """Revoke a locked seat that somebody has; the id of the member who had it."""
    SEAT.require(seat.status, CustomerSeat.Status.REVOKED)
    member, was_claimed = seat.member, seat.status == CustomerSeat.Status.CLAIMED
    seat.status = CustomerSeat.Status.REVOKED
    seat.revoked_at = seat.modified_at = origin.at
    seat.member = seat.invitation_hash = seat.invitation_expires_at = None
    seat.claimed_at, seat.invitation_count = None, 0
    seat.save()
    member_id = member.pk if member else None
    announce_seat(seat, "revoked", origin, member_id=str(member_id) if member_id else None)
    if member is not None and was_claimed:
        write_revocation(seat, container, member, origin)
    return member_id


@transaction.atomic
def release_seats_of_member(*, member_id: UUID, origin: Origin) -> int:
    """Revoke every seat of somebody who is no member any more; returns how many."""
    seats = CustomerSeat.objects.filter(member_id=member_id).order_by("id")
    return sum(_release(seat, member_id, origin) for seat in seats)


def _release(seat: CustomerSeat, member_id: UUID, origin: Origin) -> bool:
    try:
        container = lock_container(seat, at=origin.at)
    except ResourceNotFound:
        return False
    locked = lock_seat(seat.pk)
    if locked.member_id != member_id:
        return False
    free_seat(locked, container, origin)
    align_member(container, member_id, False, origin)
    return True


def _leaving(container: Container, seats: list[CustomerSeat]) -> list[CustomerSeat]:
    if not container.gives and not container.keeps:
        return list(seats)
    surplus = len(seats) - container.seat_count
    if surplus <= 0:
        return []
    by_weight = sorted(
        seats,
        key=lambda seat: (seat.status != CustomerSeat.Status.PENDING, _negated(seat)),
    )
    return by_weight[:surplus]


def _negated(seat: CustomerSeat) -> float:
    return -(seat.claimed_at or seat.modified_at or seat.created_at).timestamp()
