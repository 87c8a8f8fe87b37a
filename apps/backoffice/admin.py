"""The job machinery, for staff."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.utils.safestring import SafeString

from apps.core.models import DeadTask, PeriodicRun
from apps.core.staff import columns, show
from apps.core.staff.records import RecordAdmin
from apps.core.staff.tones import OUTCOME_TONES


def _duration(run: PeriodicRun) -> SafeString | str:
    if run.finished_at is None:
        return show.blank()
    return f"{(run.finished_at - run.started_at).total_seconds():.2f} s"


@admin.register(DeadTask)
class DeadTaskAdmin(RecordAdmin):
    """Tasks that gave up."""

    icon = "heart_broken"
    search_hint = "Task name, task id or words of the error"
    search_fields = ("name__icontains", "task_id", "error__icontains")
    list_filter = ("queue", ("retried_at", admin.EmptyFieldListFilter), "failed_at")
    list_display = (
        columns.text("name"),
        columns.column(lambda task: task.error[:120], "Error", kind="wide"),
        columns.text("queue"),
        columns.when("failed_at"),
        columns.when("retried_at"),
        columns.code("task_id", "Task id", tail=True),
    )
    ordering = ("-failed_at",)
    empty_text = "No task has died."
    facts: ClassVar = (
        (
            "Dead task",
            (
                "name",
                "queue",
                columns.code("task_id", "Task id"),
                columns.code("id"),
                "failed_at",
                "retried_at",
            ),
        ),
        ("Called with", ("kwargs",)),
        (
            "Why",
            (
                columns.column(lambda task: show.lines(task.error), "Error", kind="data"),
                columns.column(lambda task: show.lines(task.traceback), "Traceback", kind="data"),
            ),
        ),
    )


@admin.register(PeriodicRun)
class PeriodicRunAdmin(RecordAdmin):
    """Every run of every periodic job."""

    icon = "schedule"
    search_hint = "Job name"
    search_fields = ("name__icontains", "slot")
    list_filter = ("outcome", ("name", admin.AllValuesFieldListFilter), "started_at")
    list_display = (
        columns.text("name"),
        columns.badge("outcome", OUTCOME_TONES),
        columns.when("started_at"),
        columns.column(_duration, "Took", kind="amount"),
        columns.column(lambda run: run.error[:80] or show.blank(), "Error"),
        columns.text("slot"),
    )
    ordering = ("-started_at",)
    facts: ClassVar = (
        (
            "Run",
            (
                "name",
                columns.badge("outcome", OUTCOME_TONES),
                "slot",
                "started_at",
                "finished_at",
                columns.column(_duration, "Took"),
                columns.column(lambda run: show.lines(run.error), "Error", kind="data"),
            ),
        ),
    )
