"""Holds, for staff: amounts of merchants' balances that are not paid out, and why."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.payouts.forms import HoldForm, UntilForm
from apps.payouts.models import Hold
from apps.payouts.operations import (
    extend_hold,
    place_hold,
    plan_extend_hold,
    plan_place_hold,
    plan_release_hold,
    release_hold,
)


def _state(hold: Hold) -> SafeString:
    if hold.released_at is not None:
        return show.badge("released", "plain")
    return show.badge("held", "warn")


def _stands(hold: Any) -> bool:
    return hold.released_at is None


@admin.register(Hold)
class HoldAdmin(RecordAdmin):
    """Amounts that staff keep from being paid out."""

    icon = "lock"
    actions_list = ("place",)
    actions_detail = ("extend", "release")
    related = ("organization",)
    search_hint = "Organization, reason or id"
    search_fields = ("organization__slug", "organization__name__icontains", "reason__icontains")
    search_ids = ("id", "organization_id")
    list_filter = (presence("released_at", "State", "released", "held"), "created_at")
    list_display = (
        columns.column(str, "Hold", kind="text"),
        columns.column(_state, "State", kind="status"),
        columns.amount("amount"),
        columns.link("organization"),
        columns.text("reason"),
        columns.text("placed_by", "By"),
        columns.when("release_at", "Until"),
        columns.when("created_at", "Since"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Hold",
            (
                columns.column(_state, "State"),
                columns.amount("amount"),
                "organization",
                columns.when("created_at", "Since"),
                columns.when("release_at", "Until"),
                columns.when("released_at", "Released"),
                columns.text("released_by", "Released by"),
            ),
        ),
        ("Why", ("reason", columns.text("placed_by", "By"), columns.code("id"))),
    )

    def title_of(self, record: Hold) -> str:
        """Whose money it is."""
        return f"{record} of {record.organization}"

    @verb(
        title="Place a hold",
        role=roles.FINANCE,
        icon="lock",
        submit="Place",
        form=HoldForm,
        text="Keeps an amount of an organization's balance from being paid out.",
        plan=lambda record, data, origin: plan_place_hold(
            organization=data["organization"],
            terms=data["terms"],
            origin=origin.on_clock(data["organization"].clock_offset),
        ),
    )
    def place(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Hold an amount."""
        organization = data["organization"]
        hold = place_hold(
            organization_id=organization.pk,
            terms=data["terms"],
            agreed=data["agreed"],
            origin=origin.on_clock(organization.clock_offset),
        )
        return f"{self.title_of(hold)} is placed."

    @verb(
        title="Extend",
        role=roles.FINANCE,
        icon="update",
        form=UntilForm,
        text="It is held until a later day.",
        available=_stands,
        plan=lambda hold, data, origin: plan_extend_hold(
            hold=hold, until=data["until"], origin=origin
        ),
    )
    def extend(self, hold: Hold, data: dict[str, Any], origin: Origin) -> str:
        """Hold it longer."""
        extend_hold(hold_id=hold.pk, until=data["until"], agreed=data["agreed"], origin=origin)
        return f"{hold} lasts until {data['until']:%d %b %Y}."

    @verb(
        title="Release",
        role=roles.FINANCE,
        icon="lock_open",
        is_danger=True,
        text="Gives it back to the balance, to be paid out.",
        available=_stands,
        plan=lambda hold, data, origin: plan_release_hold(hold=hold, origin=origin),
    )
    def release(self, hold: Hold, data: dict[str, Any], origin: Origin) -> str:
        """Give it back."""
        release_hold(hold_id=hold.pk, agreed=data["agreed"], origin=origin)
        return f"{hold} is released."
