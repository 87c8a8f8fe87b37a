"""The people of merchants, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from apps.core.origin import Origin
from apps.core.staff import columns, roles
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb
from apps.organizations.forms import MemberRoleForm
from apps.organizations.models import Membership
from apps.organizations.operations import (
    change_member_role,
    plan_remove_member,
    plan_transfer_ownership,
    remove_member,
    transfer_ownership,
)

ROLE_TONES = {"owner": "good", "admin": "busy"}


def _is_not_owner(membership: Membership) -> bool:
    return membership.role != Membership.Role.OWNER


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    """Who belongs to which merchant, as what."""

    icon = "badge"
    actions_detail = ("change_role", "make_owner", "remove")
    related = ("organization", "user")
    search_hint = "E-mail, name, organization or id"
    search_fields = ("user__email__icontains", "user__name__icontains", "organization__slug")
    search_ids = ("id", "organization_id", "user_id")
    list_filter = ("role", "user__is_active")
    list_display = (
        columns.text("user", "Member"),
        columns.badge("role", ROLE_TONES),
        columns.link("organization"),
        columns.when("created_at", "Since"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Member",
            (
                "user",
                columns.text("user__name", "Name"),
                "organization",
                columns.badge("role", ROLE_TONES),
                columns.when("created_at", "Since"),
                columns.code("id"),
            ),
        ),
    )

    def subjects_of(self, record: Any) -> list[tuple[str, Any]]:
        """What happens to members is told of their organization."""
        return [("organization", record.organization_id)]

    def address_after(self, record: Any) -> str:
        """Members are seen on the page of their organization."""
        return reverse("admin:organizations_organization_change", args=[record.organization_id])

    @verb(
        title="Change role",
        role=roles.SUPPORT,
        icon="manage_accounts",
        form=MemberRoleForm,
        text="It holds from their next request.",
        available=_is_not_owner,
    )
    def change_role(self, membership: Membership, data: dict[str, Any], origin: Origin) -> str:
        """Give the member another role."""
        changed = change_member_role(membership_id=membership.pk, role=data["role"], origin=origin)
        return f"{membership.user} is now {changed.get_role_display()}."

    @verb(
        title="Make owner",
        role=roles.ADMIN,
        icon="verified_user",
        plan=lambda membership, data, origin: plan_transfer_ownership(
            membership_id=membership.pk, origin=origin
        ),
        available=_is_not_owner,
    )
    def make_owner(self, membership: Membership, data: dict[str, Any], origin: Origin) -> str:
        """Pass the ownership on to the member."""
        transfer_ownership(membership_id=membership.pk, agreed=data["agreed"], origin=origin)
        return f"{membership.user} owns {membership.organization}."

    @verb(
        title="Remove",
        role=roles.SUPPORT,
        icon="person_remove",
        is_danger=True,
        is_end=True,
        plan=lambda membership, data, origin: plan_remove_member(
            membership_id=membership.pk, origin=origin
        ),
        available=_is_not_owner,
    )
    def remove(self, membership: Membership, data: dict[str, Any], origin: Origin) -> str:
        """End the membership."""
        remove_member(membership_id=membership.pk, agreed=data["agreed"], origin=origin)
        return f"{membership.user} is no longer a member of {membership.organization}."


@panel("organizations.organization", position=80)
def people_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """The members with their roles."""
    may_invite = roles.reaches(request.user, roles.SUPPORT) and organization.deleted_at is None
    invite = reverse("admin:organizations_organization_send_invitation", args=[organization.pk])
    return table(
        "People",
        Membership.objects.filter(organization=organization)
        .select_related("user")
        .order_by("created_at"),
        (
            columns.text("user", "Member"),
            columns.text("user__name", "Name"),
            columns.badge("role", ROLE_TONES),
            columns.when("created_at", "Since"),
        ),
        more=listing("organizations", "membership", organization__id__exact=organization.pk),
        empty="No members.",
        verbs=[("Invite member", invite)] if may_invite else (),
    )


@panel("accounts.user", position=50)
def memberships_of_user(user: Any, request: HttpRequest) -> Panel:
    """The organizations a person belongs to."""
    return table(
        "Organizations",
        Membership.objects.filter(user=user).select_related("organization").order_by("created_at"),
        (
            columns.text("organization"),
            columns.badge("role", ROLE_TONES),
            columns.when("created_at", "Since"),
        ),
        empty="Belongs to no organization.",
    )
