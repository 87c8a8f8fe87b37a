"""Test clocks for staff: moving them, and how far a move has come."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.sandbox.forms import AdvanceForm
from apps.sandbox.models import ClockRun
from apps.sandbox.operations import start_clock_run

RUN_TONES = {"running": "busy", "done": "good"}


def progress(run: ClockRun) -> SafeString:
    """How much of the way is done."""
    return format_html(
        '<progress class="bo-progress" max="100" value="{0}" aria-label="{0} %"></progress> {0} %',
        run.percent,
    )


def _happened(run: ClockRun) -> Any:
    things = ", ".join(f"{count} {name}" for name, count in sorted(run.counts.items()))
    return things or "nothing was due"


def _seconds(run: ClockRun) -> str:
    return f"{((run.finished_at or run.touched_at) - run.started_at).total_seconds():.1f} s"


RUN_COLUMNS = (
    columns.column(str, "Move"),
    columns.badge("status", RUN_TONES),
    columns.column(progress, "Progress"),
    columns.column(lambda run: run.done_count, "Happened", kind="amount"),
    columns.text("failure_count", "Failed"),
    columns.column(_seconds, "Took", kind="amount"),
)


@admin.register(ClockRun)
class ClockRunAdmin(RecordAdmin):
    """Every move of a test clock, with what happened on the way."""

    icon = "fast_forward"
    actions_list = ("advance",)
    related = ("organization",)
    search_hint = "Organization or id"
    search_fields = ("organization__slug",)
    search_ids = ("id", "organization_id")
    list_filter = ("status",)
    list_display = (
        RUN_COLUMNS[0],
        columns.link("organization"),
        *RUN_COLUMNS[1:],
        columns.when("created_at", "Clock before"),
    )
    ordering = ("-started_at",)
    empty_text = "No test clock has been moved yet."
    facts: ClassVar = (
        (
            "Move of the clock",
            (
                columns.badge("status", RUN_TONES),
                columns.column(progress, "Progress"),
                "organization",
                columns.column(_seconds, "Took"),
                columns.code("id"),
            ),
        ),
        (
            "By the organization's clock",
            (
                columns.when("from_at", "From"),
                columns.when("to_at", "To"),
                columns.when("reached_at", "Reached"),
            ),
        ),
    )

    def subjects_of(self, record: Any) -> list[tuple[str, Any]]:
        """A move is told of its organization."""
        return []

    @verb(
        title="Advance a test clock",
        role=roles.SUPPORT,
        icon="fast_forward",
        submit="Advance",
        form=AdvanceForm,
        text="Everything that becomes due on the way happens, in its order: renewals, retries, "
        "reminders, expiries. A clock cannot be turned back.",
    )
    def advance(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Let an organization's clock run ahead."""
        organization = data["organization"]
        start_clock_run(
            organization_id=organization.pk,
            span=data["span"],
            origin=origin.on_clock(organization.clock_offset),
        )
        return f"The clock of {organization} is being moved. Its page shows how far it has come."


@panel("sandbox.clockrun", position=10)
def what_happened(run: Any, request: HttpRequest) -> Panel:
    """What was done, by kind, and what went wrong."""
    return Panel(title="What happened", template="backoffice/clock_run.html", body=run)


@panel("organizations.organization", position=97)
def clock_of_organization(organization: Any, request: HttpRequest) -> Panel | None:
    """The moves of the merchant's test clock; none outside the sandbox."""
    if not settings.SANDBOX:
        return None
    verbs = []
    if roles.reaches(request.user, roles.SUPPORT) and organization.deleted_at is None:
        address = reverse("admin:sandbox_clockrun_advance")
        verbs.append(("Advance", f"{address}?{urlencode({'organization': organization.slug})}"))
    ahead = show.duration(organization.clock_offset)
    return table(
        "Test clock",
        ClockRun.objects.filter(organization=organization).order_by("-started_at"),
        RUN_COLUMNS,
        more=listing("sandbox", "clockrun", organization__id__exact=organization.pk),
        empty="This clock has not been moved.",
        note=f"Runs {ahead} ahead of the machine." if organization.clock_offset else "",
        verbs=verbs,
    )
