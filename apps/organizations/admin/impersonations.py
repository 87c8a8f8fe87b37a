"""Who of staff looked at which merchant, as whom, and at what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from apps.core.origin import Origin
from apps.core.staff import columns, roles
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, latest, page_of, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import Reveal, verb
from apps.events.models import Event
from apps.organizations.models import Impersonation
from apps.organizations.operations import (
    end_impersonation,
    issue_impersonation_token,
    plan_end_impersonation,
)

PAGES_SHOWN = 200


@admin.register(Impersonation)
class ImpersonationAdmin(RecordAdmin):
    """Staff who looked on as a member of a merchant."""

    icon = "visibility"
    view_role = roles.SUPPORT
    # Its beginning and end stand on the timeline of the organization, the rest in its panel.
    has_timeline = False
    actions_detail = ("end", "issue_token")
    related = ("organization", "staff", "member")
    search_hint = "E-mail, organization or id"
    search_fields = ("staff__email__icontains", "member__email__icontains", "organization__slug")
    search_ids = ("id", "organization_id", "staff_id", "member_id")
    list_filter = (presence("ended_at", "Over", "over", "running"), "role")
    list_display = (
        columns.text("staff"),
        columns.link("organization"),
        columns.text("member", "As"),
        columns.badge("role", {}),
        columns.when("created_at", "Began"),
        columns.when("expires_at", "At the latest until"),
        columns.when("ended_at", "Ended"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Impersonation",
            (
                "staff",
                "organization",
                columns.text("member", "As"),
                columns.badge("role", {}),
                "reason",
                columns.when("created_at", "Began"),
                columns.when("expires_at", "At the latest until"),
                columns.when("ended_at", "Ended"),
                columns.text("ended_by"),
                columns.code("id"),
            ),
        ),
    )

    @verb(
        title="End",
        role=roles.SUPPORT,
        icon="visibility_off",
        plan=lambda one, data, origin: plan_end_impersonation(
            impersonation_id=one.pk, origin=origin
        ),
        available=lambda one: one.ended_at is None,
        is_end=True,
    )
    def end(self, one: Impersonation, data: dict[str, Any], origin: Origin) -> str:
        """See as staff again."""
        end_impersonation(impersonation_id=one.pk, agreed=data["agreed"], origin=origin)
        return f"The impersonation of {one.member} is over."

    @verb(
        title="Issue token",
        role=roles.SUPPORT,
        icon="key",
        text="A token of the merchant API that reads what the member may and ends with this. "
        "It is shown once; one that was issued before is revoked.",
        available=lambda one: one.ended_at is None,
    )
    def issue_token(self, one: Impersonation, data: dict[str, Any], origin: Origin) -> Reveal:
        """Read with a program what the member may read."""
        _, plaintext = issue_impersonation_token(impersonation_id=one.pk, origin=origin)
        return Reveal(f"Reading token for {one.organization}", plaintext)

    def address_after(self, record: Any) -> str:
        """The merchant that was looked at."""
        return page_of(record.organization) if record else super().address_after(record)


@panel("organizations.impersonation", position=10, role=roles.SUPPORT)
def pages_of_impersonation(impersonation: Any, request: Any) -> Panel:
    """Everything that was opened, the latest first."""
    rows = Event.objects.filter(
        subject_type="impersonation", subject_id=str(impersonation.pk), type="impersonation.looked"
    )
    return table(
        "Looked at",
        rows.order_by("-at", "-id"),
        (
            columns.column(lambda one: one.payload.get("path", ""), "What", kind="wide"),
            columns.text("door"),
            columns.when("at", "When"),
        ),
        limit=PAGES_SHOWN,
        empty="Nothing was opened.",
    )


latest(
    "organizations.organization",
    Impersonation,
    "organization",
    (
        columns.text("staff"),
        columns.text("member", "As"),
        columns.text("reason"),
        columns.when("created_at", "Began"),
        columns.when("ended_at", "Ended"),
    ),
    title="Impersonations",
    position=95,
    role=roles.SUPPORT,
    related=("staff", "member"),
    empty="Nobody looked on as a member.",
)
