"""Telling what became of a seat: an event for everybody, a mail for the person."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.conf import settings

from apps.core.origin import Origin
from apps.customers.models import Member
from apps.events.operations import record
from apps.notifications.operations import Occasion, queue_mail
from apps.organizations.tokens import hash_token
from apps.seats.containers import Container
from apps.seats.models import CustomerSeat
from apps.seats.states import INVITATION_LIFETIME

TOKEN_BYTES: Final = 32


def announce_seat(seat: CustomerSeat, verb: str, origin: Origin, **more: Any) -> None:
    """Record `customer_seat.<verb>`; `more` is JSON-ready."""
    record(
        f"customer_seat.{verb}",
        subject=seat,
        organization_id=seat.organization_id,
        origin=origin,
        payload={
            "customer_id": str(seat.customer_id),
            "member_id": str(seat.member_id) if seat.member_id else None,
            "subscription_id": str(seat.subscription_id) if seat.subscription_id else None,
            "order_id": str(seat.order_id) if seat.order_id else None,
            **more,
        },
    )


def set_invitation(seat: CustomerSeat, origin: Origin) -> str:
    """A new token of a pending seat, which nothing keeps; the one before holds no more."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    seat.invitation_hash = hash_token(token)
    seat.invitation_expires_at = origin.at + INVITATION_LIFETIME
    seat.invitation_count += 1
    return token


def write_invitation(seat: CustomerSeat, container: Container, token: str, origin: Origin) -> None:
    """Write to the person on a pending seat."""
    member = seat.member
    assert member is not None  # noqa: S101 -- a pending seat has somebody
    expires_at = seat.invitation_expires_at
    _write(
        "seat_invitation",
        f"{seat.pk}:{seat.invitation_hash}",
        seat,
        container,
        member,
        origin,
        claim_url=claim_url(token),
        expires_at=expires_at.isoformat() if expires_at else None,
    )


def write_revocation(
    seat: CustomerSeat, container: Container, member: Member, origin: Origin
) -> None:
    """Write to the person who had a seat; not to one who is no member any more."""
    if member.deleted_at is None:
        key = f"{seat.pk}:{origin.at.isoformat()}"
        _write("seat_revoked", key, seat, container, member, origin)


def claim_url(token: str) -> str:
    """Where a token is shown and accepted."""
    return f"{settings.BASE_URL}/seats/claim/{token}"


def _write(
    kind: str,
    key: str,
    seat: CustomerSeat,
    container: Container,
    member: Member,
    origin: Origin,
    **facts: Any,
) -> None:
    queue_mail(
        occasion=Occasion(
            kind=kind,
            key=key,
            organization=container.organization,
            recipient=member.email,
            customer_id=seat.customer_id,
            subject_type="seat",
            subject_id=str(seat.pk),
            locale=container.customer.locale,
            context={
                "product_name": container.product.name if container.product else "",
                "buyer_name": container.customer.billing_name or container.customer.name or "",
                **facts,
            },
        ),
        origin=origin,
    )
