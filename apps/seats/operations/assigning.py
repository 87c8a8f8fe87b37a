"""Giving a seat to somebody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.core.plans import Change, Mail, Plan, Webhook
from apps.customers.models import Member
from apps.customers.selectors import owner_of
from apps.seats.containers import Container, Seated
from apps.seats.errors import SeatAlreadyAssigned, SeatNotAvailable, SeatsNotGiven
from apps.seats.locks import lock_container, lock_seats
from apps.seats.metadata import clean_seat_metadata
from apps.seats.models import CustomerSeat
from apps.seats.operations.aligning import align_member
from apps.seats.operations.announcing import announce_seat, set_invitation, write_invitation
from apps.seats.operations.people import SeatTarget, address_of, find_member, take_member
from apps.seats.selectors import (
    available_count,
    find_container,
    has_feature,
    require_feature,
    taken_count,
)
from apps.seats.states import SEAT


@transaction.atomic
def assign_seat(
    *,
    seated: Seated,
    target: SeatTarget,
    metadata: Mapping[str, Any] | None = None,
    is_immediate: bool = False,
    agreed: str | None = None,
    origin: Origin,
) -> CustomerSeat:
    """
    The seat, which now waits for the person to accept the invitation that is mailed to them.

    With `is_immediate` it is theirs at once and nobody is written to. Who is no member of the
    customer becomes one. `seated` names the subscription or order. `agreed` is the fingerprint of
    the plan that staff saw. Records `customer_seat.assigned`, and `customer_seat.claimed` where it
    is theirs at once.

    :raises FeatureNotEnabled: if the organization may not sell by the seat.
    :raises ResourceNotFound: for a purchase, customer or member that there is not.
    :raises SeatsNotGiven: if the purchase is not in force.
    :raises InvalidSeatAssignmentRequest: if nobody is named, or two are.
    :raises SeatNotAvailable: if every seat is taken.
    :raises MemberEmailMismatch: if a member is named with another's e-mail.
    :raises SeatAlreadyAssigned: if the person has one of these seats.
    :raises ValidationFailed: for an e-mail or metadata that cannot be.
    :raises PlanChanged: if something else was agreed to.
    """
    container = lock_container(seated, at=origin.at)
    require_feature(container.organization)
    kept = clean_seat_metadata(metadata)
    if agreed is not None:
        _plan(container, target).require(agreed)
    if not container.gives:
        raise SeatsNotGiven
    target.require_one()
    if not available_count(container):
        raise SeatNotAvailable
    member = take_member(container, target, origin)
    return _take(container, member, kept, is_immediate=is_immediate, origin=origin)


@transaction.atomic
def seat_buyer(
    *, seated: Seated, unless_in_orders: Collection[UUID] = (), origin: Origin
) -> CustomerSeat | None:
    """
    A seat for whoever bought them, theirs at once.

    None if they have one, or one of another order of `unless_in_orders`, or there is none to have.
    So the second time does nothing.
    """
    container = lock_container(seated, at=origin.at)
    if not container.gives or not has_feature(container.organization):
        return None
    owner = owner_of(container.customer)
    if owner is None:
        return None
    theirs = CustomerSeat.objects.filter(member=owner)
    is_seated = theirs.filter(**container.key).exists()
    if is_seated or theirs.filter(order_id__in=unless_in_orders).exists():
        return None
    if not available_count(container):
        return None
    return _take(container, owner, {}, is_immediate=True, origin=origin)


def plan_assign_seat(*, seated: Seated, target: SeatTarget, origin: Origin) -> Plan:
    """What `assign_seat` would do, without `is_immediate`."""
    return _plan(find_container(seated, at=origin.at), target)


def _take(
    container: Container,
    member: Member,
    metadata: Mapping[str, Any],
    *,
    is_immediate: bool,
    origin: Origin,
) -> CustomerSeat:
    rows = lock_seats(container)
    if any(row.member_id == member.pk for row in rows):
        raise SeatAlreadyAssigned
    seat = next((row for row in rows if not row.is_taken), None)
    if seat is None:
        seat = CustomerSeat(
            created_at=origin.at,
            organization=container.organization,
            customer=container.customer,
            **container.key,
        )
    else:
        SEAT.require(seat.status, CustomerSeat.Status.PENDING)
        seat.modified_at = origin.at
    seat.customer, seat.member, seat.metadata = container.customer, member, dict(metadata)
    seat.status, seat.revoked_at = CustomerSeat.Status.PENDING, None
    if is_immediate:
        seat.save()
        announce_seat(seat, "assigned", origin)
        return seat_member(seat, container, origin)
    token = set_invitation(seat, origin)
    seat.save()
    announce_seat(seat, "assigned", origin)
    write_invitation(seat, container, token, origin)
    return seat


def seat_member(seat: CustomerSeat, container: Container, origin: Origin) -> CustomerSeat:
    """Have a pending seat, locked or new, accepted: it is its member's, and gives at once."""
    SEAT.require(seat.status, CustomerSeat.Status.CLAIMED)
    seat.status = CustomerSeat.Status.CLAIMED
    seat.claimed_at = seat.modified_at = origin.at
    seat.invitation_expires_at = None
    seat.save()
    announce_seat(seat, "claimed", origin)
    if seat.member_id is not None:
        align_member(container, seat.member_id, True, origin)
    return seat


def _plan(container: Container, target: SeatTarget) -> Plan:
    member = find_member(container, target)
    email = member.email if member else address_of(container, target)[0]
    taken = taken_count(**container.key)
    return Plan(
        title=f"A seat of {container.customer} goes to {email}",
        changes=(
            Change("Seats taken", f"{taken} of {container.seat_count}", f"{taken + 1}"),
            *(() if member else (Change(f"{email}, as a member", "", "member"),)),
        ),
        effects=("What the seat gives is granted when the invitation is accepted.",),
        mails=(Mail(email, "Invitation to the seat"),),
        webhooks=(
            *(() if member else (Webhook("member.created"),)),
            Webhook("customer_seat.assigned"),
        ),
        events=(*(() if member else ("member.created",)), "customer_seat.assigned"),
        obstacles=tuple(_obstacles(container, member, taken)),
    )


def _obstacles(container: Container, member: Member | None, taken: int) -> list[str]:
    found = []
    if not container.gives:
        found.append(SeatsNotGiven.message)
    elif taken >= container.seat_count:
        found.append(SeatNotAvailable.message)
    if member and CustomerSeat.objects.filter(member=member, **container.key).exists():
        found.append(SeatAlreadyAssigned.message)
    return found
