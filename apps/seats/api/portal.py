"""Seats for the customer who bought them: the owner and billing managers of the team."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from apps.api.schema import documented
from apps.customers.api.portal import READ, WRITE, PortalView
from apps.seats.api.naming import seating_asked, seating_given
from apps.seats.api.presenters import SeatBody, SeatsBody, present_seat, present_seats
from apps.seats.api.serializers import PortalSeatAssignInput, target_of
from apps.seats.models import CustomerSeat
from apps.seats.operations import assign_seat, resend_invitation, revoke_seat
from apps.seats.selectors import container_of_customer, require_feature, seat_of_customer


class _OfPayer(PortalView):
    """What only those do who decide about the purchase."""

    def require_seats(self) -> None:
        """
        Pass if who asks may give seats away.

        :raises NotPermitted: for a plain member.
        :raises FeatureNotEnabled: if the organization may not sell by the seat.
        """
        self.require_payer()
        require_feature(self.organization)

    def seat(self) -> CustomerSeat:
        """
        The seat that the path names.

        :raises ResourceNotFound: if it is not the customer's.
        """
        return seat_of_customer(self.customer, self.id_from("seat_id"))


class PortalSeatsView(_OfPayer):
    """The seats of one purchase of the customer."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List seats",
        operation_id="customer_portal:seats:list",
        answer=SeatsBody,
        errors=(403, 404),
        query=("subscription_id", "order_id"),
    )
    def get(self, request: Request) -> Any:
        """The seats that somebody has, and how many there are."""
        self.require_seats()
        asked, at = seating_asked(self.query), self.origin().at
        return present_seats(container_of_customer(self.customer, asked, at=at))

    @documented(
        "Assign a seat",
        operation_id="customer_portal:seats:assign",
        body=PortalSeatAssignInput,
        answer=SeatBody,
        errors=(400, 403, 404),
    )
    def post(self, request: Request) -> Any:
        """The seat, to which its person is invited: nobody is seated here without being asked."""
        values = self.read(PortalSeatAssignInput)
        self.require_seats()
        seated, origin = seating_given(values), self.origin()
        container_of_customer(self.customer, seated, at=origin.at)
        seat = assign_seat(
            seated=seated,
            target=target_of(values),
            metadata=values.get("metadata"),
            origin=origin,
        )
        return present_seat(seat)


class PortalSeatView(_OfPayer):
    """One seat of the customer."""

    scopes = {"DELETE": WRITE}

    @documented(
        "Revoke a seat",
        operation_id="customer_portal:seats:revoke",
        answer=SeatBody,
        errors=(403, 404),
    )
    def delete(self, request: Request, seat_id: str) -> Any:
        """The seat, which is free."""
        seat = self.seat()
        self.require_seats()
        return present_seat(revoke_seat(seat_id=seat.pk, origin=self.origin()))


class PortalSeatResendView(_OfPayer):
    """The invitation to a seat of the customer."""

    scopes = {"POST": WRITE}

    @documented(
        "Resend an invitation",
        operation_id="customer_portal:seats:resend",
        answer=SeatBody,
        errors=(400, 403, 404),
    )
    def post(self, request: Request, seat_id: str) -> Any:
        """The seat, whose person was written to again."""
        seat = self.seat()
        self.require_seats()
        return present_seat(resend_invitation(seat_id=seat.pk, origin=self.origin()))
