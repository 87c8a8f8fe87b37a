"""Accepting an invitation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.customers.models import CustomerSession
from apps.customers.operations import SessionInput, create_customer_session
from apps.seats.containers import Container
from apps.seats.errors import InvalidInvitationToken
from apps.seats.locks import lock_container, lock_seat
from apps.seats.models import CustomerSeat
from apps.seats.operations.assigning import seat_member
from apps.seats.selectors import holds, invited_seat, require_feature


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed seat, and the session that lets its member into the customer's pages."""

    seat: CustomerSeat
    session: CustomerSession
    token: str


@transaction.atomic
def claim_seat(*, token: str, session_expires_at: datetime, origin: Origin) -> Claimed:
    """
    The seat that the token invites to, which is its member's from now on, and a session of theirs.

    What it gives is granted at once. The second time there is no such invitation. The session lasts
    until `session_expires_at` (machine time). Records `customer_seat.claimed`.

    :raises InvalidInvitationToken: if it is unknown, used, has run out, or what was bought gives
        nothing any more.
    :raises FeatureNotEnabled: if the organization may not sell by the seat.
    """
    found = invited_seat(token)
    require_feature(found.organization)
    container = _container(found, origin)
    seat = lock_seat(found.pk)
    is_same = seat.invitation_hash == found.invitation_hash
    if not is_same or not container.gives or not holds(seat, at=origin.at):
        raise InvalidInvitationToken
    if seat.member is None or seat.member.deleted_at is not None:
        raise InvalidInvitationToken
    seat_member(seat, container, origin)
    session, session_token = create_customer_session(
        organization=container.organization,
        data=SessionInput(customer_id=container.customer.pk, member_id=seat.member.pk),
        expires_at=session_expires_at,
        origin=origin,
    )
    return Claimed(seat, session, session_token)


def _container(seat: CustomerSeat, origin: Origin) -> Container:
    try:
        return lock_container(seat, at=origin.at)
    except ResourceNotFound as error:
        raise InvalidInvitationToken from error
