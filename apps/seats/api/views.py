"""Seats over the merchant API."""

from __future__ import annotations

from typing import Any, Final

from rest_framework.request import Request

from apps.api.schema import documented
from apps.api.views import ApiView
from apps.seats.api.naming import seating_asked, seating_given
from apps.seats.api.presenters import SeatBody, SeatsBody, present_seat, present_seats
from apps.seats.api.serializers import SeatAssignInput, target_of
from apps.seats.operations import assign_seat, resend_invitation, revoke_seat
from apps.seats.selectors import (
    container_of_organization,
    require_feature,
    seat_of_organization,
)

READ: Final = ("customer_seats:read", "customer_seats:write")
WRITE: Final = ("customer_seats:write",)


class SeatsView(ApiView):
    """The seats of one purchase."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List seats",
        operation_id="customer_seats:list",
        answer=SeatsBody,
        errors=(403, 404),
        query=("subscription_id", "order_id"),
    )
    def get(self, request: Request) -> Any:
        """The seats that somebody has, and how many there are."""
        require_feature(self.organization)
        asked, at = seating_asked(self.query), self.origin().at
        return present_seats(container_of_organization(self.organization, asked, at=at))

    @documented(
        "Assign a seat",
        operation_id="customer_seats:assign",
        body=SeatAssignInput,
        answer=SeatBody,
        errors=(400, 403, 404),
    )
    def post(self, request: Request) -> Any:
        """The seat, of which its person was told unless it is theirs at once."""
        values = self.read(SeatAssignInput)
        require_feature(self.organization)
        seated, origin = seating_given(values), self.origin()
        container_of_organization(self.organization, seated, at=origin.at)
        seat = assign_seat(
            seated=seated,
            target=target_of(values),
            metadata=values.get("metadata"),
            is_immediate=values["immediate_claim"],
            origin=origin,
        )
        return present_seat(seat)


class SeatView(ApiView):
    """One seat."""

    scopes = {"DELETE": WRITE}

    @documented(
        "Revoke a seat",
        operation_id="customer_seats:revoke",
        answer=SeatBody,
        errors=(403, 404),
    )
    def delete(self, request: Request, seat_id: str) -> Any:
        """The seat, which is free."""
        require_feature(self.organization)
        seat = seat_of_organization(self.organization, self.id_from("seat_id"))
        return present_seat(revoke_seat(seat_id=seat.pk, origin=self.origin()))


class SeatResendView(ApiView):
    """The invitation to a seat."""

    scopes = {"POST": WRITE}

    @documented(
        "Resend an invitation",
        operation_id="customer_seats:resend",
        answer=SeatBody,
        errors=(400, 403, 404),
    )
    def post(self, request: Request, seat_id: str) -> Any:
        """The seat, whose person was written to again."""
        require_feature(self.organization)
        seat = seat_of_organization(self.organization, self.id_from("seat_id"))
        return present_seat(resend_invitation(seat_id=seat.pk, origin=self.origin()))
