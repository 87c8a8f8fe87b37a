"""Reserves, for staff: what they keep of merchants' money, and until when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Max, Min, Sum
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.payouts.forms import ReserveEndForm, ReserveForm, UntilForm
from apps.payouts.models import Reserve, ReservePart
from apps.payouts.operations import (
    extend_reserve,
    plan_extend_reserve,
    plan_release_reserve,
    plan_set_reserve,
    release_reserve,
    set_reserve,
)
from apps.payouts.selectors import kept_parts


def _state(reserve: Any) -> SafeString:
    if reserve.ended_at is None:
        return show.badge("takes", "busy")
    return show.badge("runs out", "warn") if reserve.kept_amount else show.badge("ended", "plain")


def _kept(reserve: Any) -> SafeString:
    return show.amount(reserve.kept_amount, reserve.currency)


def _keeps(reserve: Any) -> bool:
    return reserve.ended_at is None or bool(kept_parts(reserve).exists())


@admin.register(Reserve)
class ReserveAdmin(RecordAdmin):
    """Parts of merchants' money that are kept back by terms."""

    icon = "savings"
    actions_list = ("set_terms",)
    actions_detail = ("extend", "release")
    related = ("organization",)
    search_hint = "Organization, reason or id"
    search_fields = ("organization__slug", "organization__name__icontains", "reason__icontains")
    search_ids = ("id", "organization_id")
    list_filter = ("kind", presence("ended_at", "State", "ended", "takes"), "created_at")
    list_display = (
        columns.column(str, "Reserve", kind="text"),
        columns.column(_state, "State", kind="status"),
        columns.column(_kept, "Kept", kind="amount"),
        columns.link("organization"),
        columns.text("reason"),
        columns.text("set_by", "By"),
        columns.when("created_at", "Since"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Reserve",
            (
                columns.column(_state, "State"),
                columns.column(_kept, "Kept"),
                columns.amount("amount", title="Fixed amount"),
                columns.when("release_at", "Goes back"),
                "organization",
                columns.when("created_at", "Since"),
                columns.when("ended_at", "Ended"),
            ),
        ),
        ("Why", ("reason", columns.text("set_by", "By"), columns.code("id"))),
    )

    def complete(self, rows: list[Any]) -> None:
        """What each keeps, in one query."""
        parts = ReservePart.objects.filter(reserve__in=rows, released_at=None)
        sums = dict(parts.values_list("reserve_id").annotate(Sum("amount")))
        for row in rows:
            row.kept_amount = sums.get(row.pk, 0)

    def title_of(self, record: Reserve) -> str:
        """What it keeps of whom."""
        return f"{record} of {record.organization}"

    @verb(
        title="Set a reserve",
        role=roles.FINANCE,
        icon="savings",
        submit="Set",
        form=ReserveForm,
        text="Keeps a part of an organization's money back from payouts.",
        plan=lambda record, data, origin: plan_set_reserve(
            organization=data["organization"],
            terms=data["terms"],
            origin=origin.on_clock(data["organization"].clock_offset),
        ),
    )
    def set_terms(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Keep a part back from now on."""
        organization = data["organization"]
        reserve = set_reserve(
            organization_id=organization.pk,
            terms=data["terms"],
            agreed=data["agreed"],
            origin=origin.on_clock(organization.clock_offset),
        )
        return f"{self.title_of(reserve)} is set."

    @verb(
        title="Extend",
        role=roles.FINANCE,
        icon="update",
        form=UntilForm,
        text="What would go back earlier is kept until then.",
        available=_keeps,
        plan=lambda reserve, data, origin: plan_extend_reserve(
            reserve=reserve, until=data["until"], origin=origin
        ),
    )
    def extend(self, reserve: Reserve, data: dict[str, Any], origin: Origin) -> str:
        """Keep it longer."""
        extend_reserve(
            reserve_id=reserve.pk, until=data["until"], agreed=data["agreed"], origin=origin
        )
        return f"{reserve} lasts until {data['until']:%d %b %Y}."

    @verb(
        title="Release",
        role=roles.FINANCE,
        icon="lock_open",
        form=ReserveEndForm,
        is_danger=True,
        text="Ends the reserve and gives back what it keeps.",
        available=_keeps,
        plan=lambda reserve, data, origin: plan_release_reserve(
            reserve=reserve, keeps_dates=data["keeps_dates"], origin=origin
        ),
    )
    def release(self, reserve: Reserve, data: dict[str, Any], origin: Origin) -> str:
        """Give back what it keeps, at once or on its days."""
        release_reserve(
            reserve_id=reserve.pk,
            keeps_dates=data["keeps_dates"],
            agreed=data["agreed"],
            origin=origin,
        )
        return f"{reserve} has ended."


@panel("payouts.reserve", position=10)
def days_of_reserve(reserve: Any, request: HttpRequest) -> Panel:
    """What goes back on which day."""
    days = (
        kept_parts(reserve)
        .order_by()
        .values("release_at")
        .annotate(sum=Sum("amount"), first=Min("taken_at"), last=Max("taken_at"))
        .order_by("release_at")
    )
    return table(
        "Goes back",
        list(days[:101]),
        (
            columns.column(lambda day: show.time(day["release_at"]), "On", kind="when"),
            columns.column(
                lambda day: show.amount(day["sum"], reserve.currency), "Amount", kind="amount"
            ),
            columns.column(lambda day: show.time(day["first"]), "Taken from", kind="when"),
            columns.column(lambda day: show.time(day["last"]), "Taken until", kind="when"),
        ),
        limit=100,
        empty="It keeps nothing.",
    )
