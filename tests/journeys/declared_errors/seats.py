"""Seats, for their merchant, for the customer who bought them, and for invited people."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import uuid4

from apps.core.origin import Door, system_origin
from apps.customers.inputs import MemberInput
from apps.customers.models import Customer
from apps.customers.operations import SessionInput, create_customer_session, create_member
from apps.seats.models import CustomerSeat
from apps.subscriptions.models import Subscription
from tests.journeys.declared_errors.scene import (
    Call,
    Cannot,
    Provocation,
    Rows,
    Scene,
    cannot,
    no_id,
    page_zero,
    unknown_id,
)
from tests.support.merchants import make_customer_token
from tests.support.seats import invite, make_team, token_sent
from tests.support.subscribers import at

Entries = dict[str, Provocation | Cannot]
NOW: Final = system_origin(Door.COMMAND).at


def team(scene: Scene, *, is_open: bool = True, seats: int = 1) -> Subscription:
    """A subscription to one seat, of a merchant who may have been forbidden them."""
    organization = scene.merchant.organization
    made = make_team(organization, seats=seats, moment=NOW)
    if not is_open:
        organization.feature_settings = {"seat_based_pricing_enabled": False}
        organization.save()
    return made


def invited(scene: Scene) -> CustomerSeat:
    """A seat that waits for somebody."""
    return invite(team(scene), origin=at(NOW))


def seated(scene: Scene) -> CustomerSeat:
    """A seat that somebody has."""
    return invite(team(scene), is_immediate=True, origin=at(NOW))


def as_plain_member(customer: Customer) -> str:
    """The token of somebody in the team who decides about nothing."""
    origin = system_origin(Door.COMMAND)
    member = create_member(
        customer_id=customer.pk, data=MemberInput(email="plain@example.com"), origin=origin
    )
    session = SessionInput(customer_id=customer.pk, member_id=member.pk)
    expires_at = origin.at.replace(year=origin.at.year + 1)
    return create_customer_session(
        organization=customer.organization, data=session, expires_at=expires_at, origin=origin
    )[1]


def as_owner(call: Call, bought: Any) -> Call:
    """The call by the customer who bought it."""
    return partial(call, request_access_token=make_customer_token(bought.customer))


def forbidden(call: Call, scene: Scene) -> Any:
    """A seat of a merchant who may not give them away any more."""
    seat = invited(scene)
    organization = scene.merchant.organization
    organization.feature_settings = {"seat_based_pricing_enabled": False}
    organization.save()
    return call(str(seat.pk))


def as_stranger(provoke: Provocation) -> Provocation:
    """The same without a credential that holds."""
    return lambda call, scene: provoke(partial(call, request_access_token="none"), scene)


def refused_member(call: Call, scene: Scene) -> Any:
    """A plain member of the team names one of its seats."""
    seat = invited(scene)
    return call(str(seat.pk), request_access_token=as_plain_member(seat.customer))


def of_purchase(bought: Subscription, **more: Any) -> dict[str, Any]:
    """The purchase, as the SDK names it."""
    return {"subscription_id": str(bought.pk), **more}


def taken_up(call: Call, scene: Scene) -> Any:
    """There is one seat, and somebody has it."""
    bought = Subscription.objects.get(pk=invited(scene).subscription_id)
    return call(**of_purchase(bought, email="next@example.com"))


def by_owner(provoke: Provocation) -> Provocation:
    """The same, asked by the owner of some team of the merchant."""
    return lambda call, scene: provoke(as_owner(call, team(scene)), scene)


def own_taken_up(call: Call, scene: Scene) -> Any:
    """There is one seat, and somebody has it; the owner asks for one more."""
    bought = Subscription.objects.get(pk=invited(scene).subscription_id)
    return as_owner(call, bought)(**of_purchase(bought, email="next@example.com"))


def own_claimed(call: Call, scene: Scene) -> Any:
    """The owner invites somebody again who has accepted."""
    seat = seated(scene)
    return as_owner(call, seat)(str(seat.pk))


def plain_member_of(call: Call, scene: Scene, **more: Any) -> Any:
    """A plain member asks about the purchase."""
    bought = team(scene)
    token = as_plain_member(bought.customer)
    return call(**of_purchase(bought, **more), request_access_token=token)


def named(**more: Any) -> Provocation:
    """A purchase that there is not."""
    return lambda call, scene: call(subscription_id=str(uuid4()), **more)


def shut(**more: Any) -> Provocation:
    """A purchase of a merchant who may not sell by the seat."""
    return lambda call, scene: call(**of_purchase(team(scene, is_open=False), **more))


def with_token(name: str) -> Provocation:
    """The token of an invitation to a merchant who may not sell by the seat."""

    def provoke(call: Call, scene: Scene) -> Any:
        token = token_sent(invited(scene))
        organization = scene.merchant.organization
        organization.feature_settings = {"seat_based_pricing_enabled": False}
        organization.save()
        return call(token) if name == "path" else call(invitation_token=token)

    return provoke


WHO: Final = {"email": "ann@example.com"}
WRONG: Provocation = lambda call, scene: call(subscription_id="x")  # noqa: E731
WRONG_BODY: Provocation = lambda call, scene: call(**WHO)  # noqa: E731
SEATS = "CustomerSeats"
OWN = "CustomerPortalSeats"

ROWS: Rows = {
    "customer_seats.list_seats": {
        f"{SEATS}ListSeats401Error": as_stranger(named()),
        f"{SEATS}ListSeats403Error": shut(),
        f"{SEATS}ListSeats404Error": named(),
        "HTTPValidationError": WRONG,
    },
    "customer_seats.assign_seat": {
        f"{SEATS}AssignSeat400Error": taken_up,
        f"{SEATS}AssignSeat401Error": as_stranger(named(**WHO)),
        f"{SEATS}AssignSeat403Error": shut(**WHO),
        f"{SEATS}AssignSeat404Error": named(**WHO),
        "HTTPValidationError": WRONG_BODY,
    },
    "customer_seats.revoke_seat": {
        f"{SEATS}RevokeSeat401Error": as_stranger(unknown_id),
        f"{SEATS}RevokeSeat403Error": forbidden,
        f"{SEATS}RevokeSeat404Error": unknown_id,
        "HTTPValidationError": no_id,
    },
    "customer_seats.resend_invitation": {
        f"{SEATS}ResendInvitation400Error": lambda call, scene: call(str(seated(scene).pk)),
        f"{SEATS}ResendInvitation401Error": as_stranger(unknown_id),
        f"{SEATS}ResendInvitation403Error": forbidden,
        f"{SEATS}ResendInvitation404Error": unknown_id,
        "HTTPValidationError": no_id,
    },
    "customer_seats.get_claim_info": {
        f"{SEATS}GetClaimInfo400Error": cannot("an invitation that holds no more is not found"),
        f"{SEATS}GetClaimInfo403Error": with_token("path"),
        f"{SEATS}GetClaimInfo404Error": unknown_id,
        "HTTPValidationError": cannot("any text may be a token"),
    },
    "customer_seats.claim_seat": {
        f"{SEATS}ClaimSeat400Error": lambda call, scene: call(invitation_token="unknown"),
        f"{SEATS}ClaimSeat403Error": with_token("body"),
        "HTTPValidationError": lambda call, scene: call(invitation_token=1),
    },
    "customer_portal.seats.list_seats": {
        f"{OWN}ListSeats401Error": as_stranger(named()),
        f"{OWN}ListSeats403Error": plain_member_of,
        f"{OWN}ListSeats404Error": by_owner(named()),
        "HTTPValidationError": by_owner(WRONG),
    },
    "customer_portal.seats.assign_seat": {
        f"{OWN}AssignSeat400Error": own_taken_up,
        f"{OWN}AssignSeat401Error": as_stranger(named(**WHO)),
        f"{OWN}AssignSeat403Error": partial(plain_member_of, **WHO),
        f"{OWN}AssignSeat404Error": by_owner(named(**WHO)),
        "HTTPValidationError": by_owner(WRONG_BODY),
    },
    "customer_portal.seats.revoke_seat": {
        f"{OWN}RevokeSeat401Error": as_stranger(unknown_id),
        f"{OWN}RevokeSeat403Error": refused_member,
        f"{OWN}RevokeSeat404Error": by_owner(unknown_id),
        "HTTPValidationError": by_owner(no_id),
    },
    "customer_portal.seats.resend_invitation": {
        f"{OWN}ResendInvitation400Error": own_claimed,
        f"{OWN}ResendInvitation401Error": as_stranger(unknown_id),
        f"{OWN}ResendInvitation403Error": refused_member,
        f"{OWN}ResendInvitation404Error": by_owner(unknown_id),
        "HTTPValidationError": by_owner(no_id),
    },
    "customer_portal.seats.list_claimed_subscriptions": {
        f"{OWN}ListClaimedSubscriptions401Error": as_stranger(lambda call, scene: call()),
        "HTTPValidationError": by_owner(page_zero),
    },
}
