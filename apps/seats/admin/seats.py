"""The list and the page of seats, and what staff do with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.core.staff import columns, roles, show
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.seats.containers import Seating
from apps.seats.forms import AssignForm
from apps.seats.models import CustomerSeat
from apps.seats.operations import (
    SeatTarget,
    assign_seat,
    plan_assign_seat,
    plan_resend_invitation,
    plan_revoke_seat,
    resend_invitation,
    revoke_seat,
)

TONES = {"pending": "busy", "claimed": "good", "revoked": "plain"}


def bought_by(seat: CustomerSeat) -> SafeString:
    """What it is a seat of."""
    if seat.subscription_id is not None:
        return show.link_to("subscriptions", "subscription", seat.subscription_id, "subscription")
    return show.link_to("orders", "order", seat.order_id, "order")


def assigning(seating_of: Callable[[Any], Seating | None]) -> Any:
    """
    The verb that gives a seat away, for the page of what has seats.

    `seating_of` names it, and says None for a record that has none.
    """

    def named(record: Any) -> Seating:
        return seating_of(record) or Seating()

    def plan(record: Any, data: dict[str, Any], origin: Origin) -> Plan:
        target = SeatTarget(email=data["email"])
        return plan_assign_seat(seated=named(record), target=target, origin=origin)

    def assign_a_seat(self: Any, record: Any, data: dict[str, Any], origin: Origin) -> str:
        seat = assign_seat(
            seated=named(record),
            target=SeatTarget(email=data["email"]),
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{seat} is invited."

    return verb(
        title="Assign a seat",
        role=roles.SUPPORT,
        icon="person_add",
        form=AssignForm,
        text="They have a day to accept the invitation.",
        available=lambda record: seating_of(record) is not None,
        plan=plan,
    )(assign_a_seat)


@admin.register(CustomerSeat)
class CustomerSeatAdmin(RecordAdmin):
    """Who sits on what was bought by the seat."""

    icon = "event_seat"
    actions_detail = ("resend", "revoke")
    related = ("organization", "customer", "customer__organization", "member")
    search_hint = "E-mail of the person or the buyer, organization or id"
    search_fields = (
        "member__email__icontains",
        "customer__email__icontains",
        "customer__name__icontains",
        "organization__slug",
    )
    search_ids = ("id", "organization_id", "customer_id", "subscription_id", "order_id")
    list_filter = ("status", "created_at")
    list_display = (
        columns.column(str, "Seat", order="member__email", kind="text"),
        columns.badge("status", TONES),
        columns.link("customer", "Bought by"),
        columns.column(bought_by, "Of", kind="link"),
        columns.link("organization"),
        columns.when("claimed_at"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    empty_text = "Nobody has a seat yet."
    facts: ClassVar = (
        (
            "Seat",
            (
                columns.badge("status", TONES),
                columns.column(str, "Person", kind="text"),
                columns.link("customer", "Bought by"),
                columns.column(bought_by, "Of", kind="link"),
                "organization",
                columns.code("id"),
                "metadata",
            ),
        ),
        (
            "Dates",
            (
                "created_at",
                columns.when("invitation_expires_at", "Invitation holds until"),
                columns.text("invitation_count", "Invitations sent"),
                columns.when("claimed_at"),
                columns.when("revoked_at"),
            ),
        ),
    )

    @verb(
        title="Resend the invitation",
        role=roles.SUPPORT,
        icon="forward_to_inbox",
        submit="Resend",
        available=lambda seat: seat.status == CustomerSeat.Status.PENDING,
        plan=lambda seat, data, origin: plan_resend_invitation(seat_id=seat.pk, origin=origin),
    )
    def resend(self, seat: CustomerSeat, data: dict[str, Any], origin: Origin) -> str:
        """Invite the person once more."""
        sent = resend_invitation(seat_id=seat.pk, agreed=data["agreed"], origin=origin)
        return f"{sent} was written to again."

    @verb(
        title="Revoke",
        role=roles.SUPPORT,
        icon="person_off",
        is_danger=True,
        text="The person loses what the seat gives; it is free for somebody else.",
        available=lambda seat: seat.is_taken,
        plan=lambda seat, data, origin: plan_revoke_seat(seat_id=seat.pk, origin=origin),
    )
    def revoke(self, seat: CustomerSeat, data: dict[str, Any], origin: Origin) -> str:
        """Take the seat back."""
        who = str(seat)
        revoke_seat(seat_id=seat.pk, agreed=data["agreed"], origin=origin)
        return f"{who} has no seat any more."
