"""Seats as people have them, and the tokens that they were mailed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from apps.catalog.models import Price, Product
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.notifications.models import Mail
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.seats.containers import Seating
from apps.seats.models import CustomerSeat
from apps.seats.operations import Claimed, SeatTarget, assign_seat, claim_seat
from apps.subscriptions.models import Subscription
from tests.support.subscribers import (
    START,
    at,
    make_merchant,
    make_plan,
    make_subscriber,
    make_subscription,
    seat_price,
)


def make_team(
    organization: Organization | None = None,
    *,
    seats: int = 3,
    plan: tuple[Product, list[Price]] | None = None,
    customer: Customer | None = None,
    **facts: Any,
) -> Subscription:
    """A subscription to so many seats."""
    merchant = organization or make_merchant()
    chosen = plan or make_plan(merchant, prices=[seat_price()])
    return make_subscription(merchant, plan=chosen, customer=customer, seats=seats, **facts)


def make_seat_order(
    organization: Organization,
    *,
    seats: int = 2,
    customer: Customer | None = None,
    product: Product | None = None,
    **facts: Any,
) -> Order:
    """A paid order of so many seats of something that is sold once."""
    sold = product or Product.objects.create(
        created_at=START, organization=organization, name="Course"
    )
    return Order.objects.create(
        created_at=START,
        organization=organization,
        customer=customer or make_subscriber(organization, type="team"),
        product=sold,
        seats=seats,
        **{
            "status": "paid",
            "paid_at": START,
            "billing_reason": "purchase",
            "currency": "usd",
            "subtotal_amount": 1000,
            "net_amount": 1000,
            **facts,
        },
    )


def seating_of(bought: Subscription | Order) -> Seating:
    """What names it."""
    if isinstance(bought, Order):
        return Seating(order_id=bought.pk)
    return Seating(subscription_id=bought.pk)


def invite(
    bought: Subscription | Order,
    email: str | None = None,
    *,
    origin: Origin | None = None,
    **facts: Any,
) -> CustomerSeat:
    """A seat for somebody."""
    target = SeatTarget(email=email or f"{new_id().hex}@example.com")
    return assign_seat(seated=seating_of(bought), target=target, origin=origin or at(), **facts)


def sit_down(
    bought: Subscription | Order, email: str | None = None, *, origin: Origin | None = None
) -> CustomerSeat:
    """A seat that somebody has accepted."""
    return accept(invite(bought, email, origin=origin), origin=origin).seat


def accept(seat: CustomerSeat, *, origin: Origin | None = None) -> Claimed:
    """The person on it follows the mail."""
    return claim_seat(
        token=token_sent(seat),
        session_expires_at=(origin or at()).at + timedelta(days=9999),
        origin=origin or at(),
    )


def token_sent(seat: CustomerSeat) -> str:
    """The token in the last invitation to a seat."""
    mails = Mail.objects.filter(kind="seat_invitation", subject_id=str(seat.pk))
    found = re.search(r"/seats/claim/([\w-]+)", mails.latest("id").text)
    assert found is not None
    return found[1]
