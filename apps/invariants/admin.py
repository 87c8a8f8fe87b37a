"""What checks found, for staff; the page of all checks is the backoffice's own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.panels import Panel, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.invariants.forms import CheckForm
from apps.invariants.models import CheckRun
from apps.invariants.operations import request_checks
from apps.invariants.registry import Check, registered_checks
from apps.invariants.words import OUTCOME_TONES, subject_link


def _check(run: CheckRun) -> Check | None:
    return registered_checks().get(run.name)


def _title(run: CheckRun) -> Any:
    check = _check(run)
    return check.title if check else run.name


def _of_check(name: str) -> Any:
    def value(run: CheckRun) -> Any:
        check = _check(run)
        return (getattr(check, name) if check else "") or show.blank()

    return value


def _duration(run: CheckRun) -> str:
    return f"{run.duration_ms:,} ms"


@admin.register(CheckRun)
class CheckRunAdmin(RecordAdmin):
    """Every run of every check."""

    icon = "rule"
    actions_list = ("run_checks",)
    has_timeline = True
    search_hint = "Name of a check"
    search_fields = ("name__icontains",)
    list_filter = ("outcome", ("name", admin.AllValuesFieldListFilter), "started_at")
    list_display = (
        columns.column(_title, "Check", order="name", kind="wide"),
        columns.badge("outcome", OUTCOME_TONES),
        columns.column(lambda run: f"{run.count:,}", "Found", order="count", kind="amount"),
        columns.when("started_at"),
        columns.column(_duration, "Took", order="duration_ms", kind="amount"),
        columns.text("name"),
    )
    ordering = ("-started_at", "-id")
    empty_text = "No check has run yet."
    facts: ClassVar = (
        (
            "Run",
            (
                "name",
                columns.badge("outcome", OUTCOME_TONES),
                columns.column(lambda run: f"{run.count:,}", "Found"),
                "started_at",
                columns.column(_duration, "Took"),
                columns.column(lambda run: show.lines(run.error), "Error", kind="data"),
            ),
        ),
        (
            "Check",
            (
                columns.column(_title, "What holds"),
                columns.column(_of_check("text"), "In detail"),
                columns.column(_of_check("area"), "Area"),
                columns.column(_of_check("repair"), "Repair"),
            ),
        ),
    )

    @verb(
        title="Run checks",
        role=roles.SUPPORT,
        icon="play_arrow",
        submit="Run now",
        form=CheckForm,
        text="A worker runs them now, beside the schedule. They only read.",
    )
    def run_checks(self, nothing: None, data: dict[str, Any], origin: Origin) -> str:
        """Queue one check, or all."""
        names = [data["check"]] if data["check"] else []
        count = request_checks(names=names, origin=origin)
        return f"{count} checks were queued." if count > 1 else f"{names[0]} was queued."

    def title_of(self, record: Any) -> str:
        """What holds, in words."""
        return str(_title(record))

    def address_after(self, record: Any) -> str:
        """The page of all checks."""
        return reverse("admin:invariants")


@panel("invariants.checkrun", position=10)
def counterexamples(run: Any, request: HttpRequest) -> Panel:
    """What was found, each with the page of its record."""
    check = _check(run)
    subject = check.subject if check else ""
    more = run.count - len(run.examples)
    return table(
        "Counterexamples",
        run.examples,
        (
            columns.column(lambda one: subject_link(subject, one[0]), "Record", kind="link"),
            columns.column(lambda one: one[1], "What is wrong", kind="wide"),
        ),
        empty="None." if run.outcome == CheckRun.Outcome.OK else "Nothing is known.",
        note=f"{more:,} more are not listed." if more > 0 else "",
        limit=100,
    )
