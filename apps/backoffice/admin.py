"""The job machinery, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.urls import reverse
from django.utils.safestring import SafeString

from apps.backoffice.forms import JobForm
from apps.core.models import DeadTask, PeriodicRun
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.records import RecordAdmin
from apps.core.staff.tones import OUTCOME_TONES
from apps.core.staff.verbs import verb
from apps.events.operations import retry_dead_task, run_periodic_now


def _duration(run: PeriodicRun) -> SafeString | str:
    if run.finished_at is None:
        return show.blank()
    return f"{(run.finished_at - run.started_at).total_seconds():.2f} s"


@admin.register(DeadTask)
class DeadTaskAdmin(RecordAdmin):
    """Tasks that gave up."""

    icon = "heart_broken"
    view_role = roles.SUPPORT
    actions_detail = ("retry",)
    search_hint = "Task name, task id or words of the error"
    search_fields = ("name__icontains", "task_id", "error__icontains")
    list_filter = (
        "queue",
        presence("retried_at", "Retried", "retried", "not retried"),
        "failed_at",
    )
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

    @verb(
        title="Retry",
        role=roles.SUPPORT,
        icon="replay",
        text="The task is sent once more, as it was called.",
        available=lambda task: task.retried_at is None,
    )
    def retry(self, task: DeadTask, data: dict[str, Any], origin: Origin) -> str:
        """Send the task again."""
        retry_dead_task(dead_task_id=task.pk, origin=origin)
        return f"{task.name} was sent again."


@admin.register(PeriodicRun)
class PeriodicRunAdmin(RecordAdmin):
    """Every run of every periodic job."""

    icon = "schedule"
    actions_list = ("run_job",)
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

    @verb(
        title="Run a job now",
        role=roles.ADMIN,
        icon="play_arrow",
        submit="Run now",
        form=JobForm,
        text="An extra run, beside the schedule.",
    )
    def run_job(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Queue an extra run of a periodic job."""
        run_periodic_now(name=data["job"], origin=origin)
        return f"{data['job']} was queued."

    def address_after(self, record: Any) -> str:
        """The page of the periodic jobs."""
        return reverse("admin:periodic_jobs")
