"""Imports of licence keys: what a file says, whether it can be taken over, and doing it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.license_keys.admin.cells import KEY, STATE
from apps.license_keys.admin.files import FileViews
from apps.license_keys.models import ImportProblem, LicenseKey, LicenseKeyImport
from apps.license_keys.operations import (
    apply_import,
    discard_import,
    plan_import,
    progress_of,
    recheck_import,
)
from apps.license_keys.states import IMPORT

Status = LicenseKeyImport.Status
TONES = {
    "checking": "busy",
    "checked": "good",
    "refused": "bad",
    "applying": "busy",
    "applied": "good",
    "discarded": "plain",
}
KINDS = {
    ImportProblem.Kind.CELL: "cell",
    ImportProblem.Kind.REPEATED: "twice in the file",
    ImportProblem.Kind.TAKEN: "taken in the organization",
    ImportProblem.Kind.OTHER_BENEFIT: "taken by another benefit",
}
PROBLEMS_SHOWN = 100


def _count(name: str, title: str) -> columns.Column:
    return columns.column(lambda row: f"{getattr(row, name):,}", title, order=name, kind="amount")


def _report(row: LicenseKeyImport) -> SafeString:
    return format_html(
        '<a class="bo-link" href="{}">Report as CSV</a>',
        reverse("admin:license_keys_licensekeyimport_report", args=[row.pk]),
    )


STATE_OF_IMPORT = columns.badge("status", TONES, "State")


@admin.register(LicenseKeyImport)
class LicenseKeyImportAdmin(FileViews, RecordAdmin):
    """Files of keys from other systems."""

    icon = "upload_file"
    view_role = roles.SUPPORT
    actions_detail = ("apply", "check_again", "discard")
    related = ("organization",)
    search_hint = "File, organization or id"
    search_fields = ("name__icontains", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = ("status", "created_at")
    empty_text = "Nothing was imported. A file is uploaded on the page of its organization."
    list_display = (
        columns.text("name", "File"),
        STATE_OF_IMPORT,
        columns.link("organization"),
        _count("row_count", "Rows"),
        _count("problem_count", "Problems"),
        _count("applied_count", "Made"),
        columns.when("created_at"),
    )
    ordering = ("-created_at", "-id")
    facts: ClassVar = (
        (
            "Import",
            (
                columns.text("name", "File"),
                STATE_OF_IMPORT,
                columns.link("organization"),
                columns.column(_report, "Report"),
                columns.when("checked_at"),
                columns.when("applied_at"),
                columns.code("id"),
                columns.code("checksum", "SHA-256"),
                "created_at",
            ),
        ),
        (
            "What it says",
            (
                _count("row_count", "Rows"),
                _count("problem_count", "Problems"),
                _count("known_count", "There already"),
                _count("customer_count", "New customers"),
                _count("applied_count", "Keys made"),
                columns.text("unknown_columns", "Columns left aside"),
            ),
        ),
    )

    @verb(
        title="Apply",
        role=roles.SUPPORT,
        icon="done_all",
        available=lambda row: row.status == Status.CHECKED,
        plan=lambda row, data, origin: plan_import(row=row, origin=origin),
    )
    def apply(self, row: LicenseKeyImport, data: dict[str, Any], origin: Origin) -> str:
        """Take all of it over, or nothing."""
        apply_import(import_id=row.pk, agreed=data["agreed"], origin=origin)
        return f"{row} is taken over now."

    @verb(
        title="Check again",
        role=roles.SUPPORT,
        icon="refresh",
        text="After a benefit was linked, say, or a key was rotated.",
        available=lambda row: row.status in (Status.CHECKED, Status.REFUSED),
    )
    def check_again(self, row: LicenseKeyImport, data: dict[str, Any], origin: Origin) -> str:
        """Compare it with what is there by now."""
        recheck_import(import_id=row.pk, origin=origin)
        return f"{row} is checked again."

    @verb(
        title="Discard",
        role=roles.SUPPORT,
        icon="delete",
        is_danger=True,
        text="The file and what was read of it are forgotten.",
        available=lambda row: IMPORT.allows(row.status, Status.DISCARDED),
    )
    def discard(self, row: LicenseKeyImport, data: dict[str, Any], origin: Origin) -> str:
        """Forget it."""
        discard_import(import_id=row.pk, origin=origin)
        return f"{row} is discarded."


@panel("license_keys.licensekeyimport", position=5)
def progress(row: LicenseKeyImport, request: HttpRequest) -> Panel | None:
    """How far it is, while it is worked on."""
    if row.status not in (Status.CHECKING, Status.APPLYING):
        return None
    done = progress_of(row.pk)
    whole = row.row_count - row.known_count if row.status == Status.APPLYING else 0
    body = {"done": done, "whole": whole, "percent": min(100, 100 * done // (whole or 1))}
    title = "Checking" if row.status == Status.CHECKING else "Taking over"
    return Panel(title=title, template="license_keys/progress.html", body=body)


@panel("license_keys.licensekeyimport", position=10)
def problems(row: LicenseKeyImport, request: HttpRequest) -> Panel | None:
    """What is wrong, by row and column."""
    if row.status in (Status.CHECKING, Status.APPLYING, Status.APPLIED, Status.DISCARDED):
        return None
    left = row.problem_count - PROBLEMS_SHOWN
    return table(
        "Problems",
        row.problems.order_by("number", "column"),
        (
            columns.column(lambda one: f"{one.number:,}", "Row", kind="amount"),
            columns.text("column", order=False),
            columns.column(lambda one: KINDS[one.kind], "Kind"),
            columns.text("message", "What is wrong", order=False),
        ),
        limit=PROBLEMS_SHOWN,
        empty="None: every row can be taken over.",
        note=f"{left:,} more are in the report." if left > 0 else "",
    )


@panel("license_keys.licensekeyimport", position=20)
def made(row: LicenseKeyImport, request: HttpRequest) -> Panel | None:
    """What was made of it."""
    if row.status != Status.APPLIED:
        return None
    rows = LicenseKey.objects.filter(imported_by=row).order_by("-created_at", "-id")
    return table(
        "Licence keys",
        rows.select_related("organization", "customer", "benefit"),
        (KEY, STATE, columns.link("customer"), columns.link("benefit")),
        more=listing("license_keys", "licensekey", imported_by__id__exact=row.pk),
    )
