"""Seats as plain dicts, the same in every version of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf
from apps.customers.api.presenters import MemberBody, present_member
from apps.seats.containers import Container
from apps.seats.models import CustomerSeat
from apps.seats.selectors import seats_of


class SeatBody(TypedDict):
    """A seat; `customer_id` is who bought it, `member` who has it."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    subscription_id: UUID | None
    order_id: UUID | None
    status: Annotated[str, OneOf(CustomerSeat.Status.values)]
    customer_id: UUID | None
    member_id: UUID | None
    member: MemberBody | None
    email: str | None
    customer_email: str | None
    invitation_token_expires_at: datetime | None
    claimed_at: datetime | None
    revoked_at: datetime | None
    seat_metadata: dict[str, Any] | None


class SeatsBody(TypedDict):
    """The seats of one purchase that somebody has, and how many there are."""

    seats: list[SeatBody]
    available_seats: int
    total_seats: int


class ClaimInfoBody(TypedDict):
    """What an invitation is about; looking at it changes nothing."""

    product_name: str
    product_id: UUID
    organization_name: str
    organization_slug: str
    customer_email: str
    can_claim: bool


class ClaimedBody(TypedDict):
    """A claimed seat, and the token that opens the customer's pages to its member."""

    seat: SeatBody
    customer_session_token: str


def present_seat(seat: CustomerSeat) -> SeatBody:
    """Every field of a seat; read it with its member."""
    email = seat.member.email if seat.member else None
    return {
        "id": seat.pk,
        "created_at": seat.created_at,
        "modified_at": seat.modified_at,
        "subscription_id": seat.subscription_id,
        "order_id": seat.order_id,
        "status": seat.status,
        "customer_id": seat.customer_id if seat.is_taken else None,
        "member_id": seat.member_id,
        "member": present_member(seat.member) if seat.member else None,
        "email": email,
        "customer_email": email,
        "invitation_token_expires_at": seat.invitation_expires_at,
        "claimed_at": seat.claimed_at,
        "revoked_at": seat.revoked_at,
        "seat_metadata": seat.metadata,
    }


def present_seats(container: Container) -> SeatsBody:
    """The seats of a purchase that somebody has."""
    seats = seats_of(container)
    return {
        "seats": [present_seat(seat) for seat in seats],
        "available_seats": max(0, container.seat_count - len(seats)),
        "total_seats": container.seat_count,
    }
