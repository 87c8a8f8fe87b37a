"""The runs: which windows were read, and what they found."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.urls import reverse

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.events.operations import run_periodic_now
from apps.reconciliation.models import Run

JOB = "reconciliation.run"


def _until(run: Run) -> Any:
    return show.time(run.until_at) if run.until_at else "all there was"


def _took(run: Run) -> Any:
    if run.finished_at is None:
        return show.badge("running", "busy")
    return show.duration(run.finished_at - run.started_at)


@admin.register(Run)
class RunAdmin(RecordAdmin):
    """Windows of the statement, compared with the books."""

    icon = "sync"
    actions_list = ("run_now",)
    search_ids = ("id",)
    list_filter = ("started_at",)
    list_display = (
        columns.when("started_at"),
        columns.when("since_at", "From"),
        columns.column(_until, "Until"),
        columns.column(_took, "Took", kind="amount"),
        columns.text("seen_count", "Lines"),
        columns.text("new_count", "New"),
        columns.text("opened_count", "Went wrong"),
        columns.text("closed_count", "Came right"),
    )
    ordering = ("-started_at",)
    facts: ClassVar = (
        (
            "Run",
            (
                "started_at",
                "finished_at",
                columns.when("since_at", "From"),
                columns.column(_until, "Until"),
                columns.column(_took, "Took"),
                columns.code("cursor", "Goes on behind"),
            ),
        ),
        (
            "Found",
            (
                columns.text("seen_count", "Lines"),
                columns.text("new_count", "New"),
                columns.text("opened_count", "Went wrong"),
                columns.text("closed_count", "Came right"),
            ),
        ),
    )

    @verb(
        title="Run now",
        role=roles.FINANCE,
        icon="play_arrow",
        text="Compares the statement with the books up to now, beside the schedule.",
    )
    def run_now(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Queue an extra run."""
        run_periodic_now(name=JOB, origin=origin)
        return "The statement is read now."

    def address_after(self, record: Any) -> str:
        """The board."""
        return reverse("admin:reconciliation")
