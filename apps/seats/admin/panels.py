"""Seats on the pages of what has them, and of who bought them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from apps.core.staff import columns
from apps.core.staff.panels import Panel, listing, panel, table
from apps.seats.admin.seats import TONES, bought_by
from apps.seats.models import CustomerSeat
from apps.seats.selectors import taken_count

PEOPLE = (
    columns.column(str, "Seat", kind="text"),
    columns.badge("status", TONES),
    columns.when("created_at", "Assigned"),
    columns.when("claimed_at"),
    columns.when("invitation_expires_at", "Invitation until"),
)


@panel("subscriptions.subscription", position=25)
def seats_of_subscription(subscription: Any, request: HttpRequest) -> Panel | None:
    """Who has a seat of it; nothing where it is not sold by the seat."""
    if subscription.seats is None:
        return None
    return _people("subscription_id", subscription)


@panel("orders.order", position=25)
def seats_of_order(order: Any, request: HttpRequest) -> Panel | None:
    """Who has a seat of it; nothing for an order of a subscription, which has them itself."""
    if order.seats is None or order.subscription_id is not None:
        return None
    return _people("order_id", order)


@panel("customers.customer", position=16)
def seats_of_customer(customer: Any, request: HttpRequest) -> Panel | None:
    """Whom the customer has given seats to; nothing for one without."""
    rows = CustomerSeat.objects.filter(customer=customer).select_related("member")
    if not rows.exists():
        return None
    return table(
        "Seats",
        rows.order_by("-created_at", "-id"),
        (*PEOPLE, columns.column(bought_by, "Of", kind="link")),
        more=listing("seats", "customerseat", customer__id__exact=customer.pk),
    )


def _people(kind: str, bought: Any) -> Panel:
    rows = CustomerSeat.objects.filter(**{kind: bought.pk}).select_related("member")
    return table(
        "Seats",
        rows.order_by("created_at", "id"),
        PEOPLE,
        more=listing("seats", "customerseat", **{f"{kind}__exact": bought.pk}),
        empty="Nobody has a seat yet.",
        note=f"{taken_count(**{kind: bought.pk})} of {bought.seats} seats are taken.",
    )
