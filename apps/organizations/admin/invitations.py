"""Who was asked to join a merchant, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from apps.core.clock import system_time
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.organizations.models import Invitation
from apps.organizations.operations import (
    plan_withdraw_invitation,
    resend_invitation,
    withdraw_invitation,
)


def _state(invitation: Invitation) -> SafeString:
    if invitation.accepted_at is not None:
        return show.badge("accepted", "good")
    if invitation.withdrawn_at is not None:
        return show.badge("withdrawn")
    if not invitation.holds(system_time()):
        return show.badge("expired", "warn")
    return show.badge("open", "busy")


@admin.register(Invitation)
class InvitationAdmin(RecordAdmin):
    """People who may join a merchant by a mailed link."""

    icon = "forward_to_inbox"
    view_role = roles.SUPPORT
    actions_detail = ("resend", "withdraw")
    related = ("organization",)
    search_hint = "E-mail, organization or id"
    search_fields = ("email__icontains", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = (
        presence("accepted_at", "Accepted", "accepted", "not accepted"),
        presence("withdrawn_at", "Withdrawn", "withdrawn", "not withdrawn"),
        "role",
    )
    list_display = (
        columns.text("email", "E-mail"),
        columns.badge("role", {}),
        columns.link("organization"),
        columns.column(_state, "State"),
        columns.when("sent_at", "Sent"),
        columns.when("expires_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Invitation",
            (
                columns.text("email", "E-mail"),
                columns.badge("role", {}),
                "organization",
                columns.column(_state, "State"),
                "invited_by",
                columns.text("number", "Mails sent"),
                columns.when("sent_at", "Last sent"),
                columns.when("expires_at"),
                columns.when("accepted_at"),
                columns.when("withdrawn_at"),
                columns.code("id"),
            ),
        ),
    )

    def subjects_of(self, record: Any) -> list[tuple[str, Any]]:
        """What happens to invitations is told of their organization."""
        return [("organization", record.organization_id)]

    @verb(
        title="Send again",
        role=roles.SUPPORT,
        icon="forward_to_inbox",
        text="The link of the mail before is worth nothing any more.",
        available=lambda one: one.is_open,
    )
    def resend(self, one: Invitation, data: dict[str, Any], origin: Origin) -> str:
        """Mail it again, for another seven days."""
        resend_invitation(invitation_id=one.pk, origin=origin)
        return f"{one.email} is invited again."

    @verb(
        title="Withdraw",
        role=roles.SUPPORT,
        icon="person_remove",
        is_danger=True,
        plan=lambda one, data, origin: plan_withdraw_invitation(
            invitation_id=one.pk, origin=origin
        ),
        available=lambda one: one.is_open,
    )
    def withdraw(self, one: Invitation, data: dict[str, Any], origin: Origin) -> str:
        """Let nobody join by it."""
        withdraw_invitation(invitation_id=one.pk, agreed=data["agreed"], origin=origin)
        return f"The invitation of {one.email} is withdrawn."


@panel("organizations.organization", position=82, role=roles.SUPPORT)
def invitations_of_organization(organization: Any, request: HttpRequest) -> Panel | None:
    """Who was asked and has not answered."""
    rows = Invitation.objects.filter(
        organization=organization, accepted_at=None, withdrawn_at=None
    ).order_by("-created_at")
    made = table(
        "Invitations",
        rows,
        (
            columns.text("email", "E-mail"),
            columns.badge("role", {}),
            columns.column(_state, "State"),
            columns.when("sent_at", "Sent"),
            columns.when("expires_at"),
        ),
        more=listing("organizations", "invitation", organization__id__exact=organization.pk),
    )
    return made if made.rows else None
