"""Inviting once more."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Change, Mail, Plan
from apps.seats.errors import SeatNotPending, TooManyInvitations
from apps.seats.locks import lock_container, lock_seat
from apps.seats.models import CustomerSeat
from apps.seats.operations.announcing import announce_seat, set_invitation, write_invitation
from apps.seats.selectors import require_feature
from apps.seats.states import MAX_INVITATIONS


@transaction.atomic
def resend_invitation(*, seat_id: UUID, agreed: str | None = None, origin: Origin) -> CustomerSeat:
    """
    The seat, with another invitation mailed to its person: it holds anew, the one before no more.

    Each time another mail goes out, up to a limit. Records `customer_seat.invited`.

    :raises ResourceNotFound: if there is no such seat.
    :raises FeatureNotEnabled: if the organization may not sell by the seat.
    :raises SeatNotPending: if it is claimed or revoked.
    :raises TooManyInvitations: if they were written to often enough.
    :raises PlanChanged: if something else was agreed to.
    """
    found = CustomerSeat.objects.filter(pk=seat_id).first()
    if found is None:
        raise ResourceNotFound
    container = lock_container(found, at=origin.at)
    seat = lock_seat(seat_id)
    require_feature(container.organization)
    if agreed is not None:
        _plan(seat).require(agreed)
    if seat.status != CustomerSeat.Status.PENDING:
        raise SeatNotPending
    if seat.invitation_count >= MAX_INVITATIONS:
        raise TooManyInvitations
    token = set_invitation(seat, origin)
    seat.modified_at = origin.at
    seat.save()
    announce_seat(seat, "invited", origin, invitation_count=seat.invitation_count)
    write_invitation(seat, container, token, origin)
    return seat


def plan_resend_invitation(*, seat_id: UUID, origin: Origin) -> Plan:
    """What `resend_invitation` would do now."""
    rows = CustomerSeat.objects.select_related("member", "customer")
    return _plan(rows.get(pk=seat_id))


def _plan(seat: CustomerSeat) -> Plan:
    obstacles = []
    if seat.status != CustomerSeat.Status.PENDING:
        obstacles.append(SeatNotPending.message)
    elif seat.invitation_count >= MAX_INVITATIONS:
        obstacles.append(TooManyInvitations.message)
    email = seat.member.email if seat.member else ""
    count = seat.invitation_count
    return Plan(
        title=f"{email or seat} is invited again",
        changes=(Change("Invitations", f"{count}", f"{count + 1} of {MAX_INVITATIONS}"),),
        effects=("The invitation that was sent before holds no more.",),
        mails=(Mail(email, "Invitation to the seat"),),
        events=("customer_seat.invited",),
        obstacles=tuple(obstacles),
    )
