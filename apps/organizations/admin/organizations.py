"""Merchants, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import Lead, Reveal, verb
from apps.organizations.admin.desk import NotesDesk
from apps.organizations.admin.filters import AppealFilter, DeletedFilter, StatusTabs
from apps.organizations.admin.reviews import MENU as REVIEW_MENU
from apps.organizations.admin.reviews import ReviewVerbs
from apps.organizations.admin.settings import FACTS, MENU, SettingsVerbs
from apps.organizations.forms import (
    CapabilityForm,
    ImpersonateForm,
    InvitationForm,
    InviteForm,
    StatusForm,
    TokenForm,
)
from apps.organizations.models import Organization
from apps.organizations.operations import (
    change_status,
    delete_organization,
    invite_member,
    issue_access_token,
    override_capability,
    plan_change_status,
    plan_delete_organization,
    plan_override_capability,
    plan_start_impersonation,
    send_invitation,
    start_impersonation,
)
from apps.organizations.states import CAPABILITIES, capabilities_of, label_of

TONES = {
    "created": "busy",
    "review": "warn",
    "snoozed": "warn",
    "active": "good",
    "denied": "bad",
    "offboarding": "warn",
    "blocked": "bad",
}


def _is_living(organization: Organization) -> bool:
    return organization.deleted_at is None


def _next_review(organization: Organization) -> SafeString:
    return show.amount(organization.next_review_threshold, settings.SETTLEMENT_CURRENCY)


def _capability(name: str) -> columns.Column:
    """On or off, and whether by hand."""

    def value(organization: Organization) -> SafeString:
        is_on = organization.can(name)
        shown = show.badge("on", "good") if is_on else show.badge("off")
        if organization.deleted_at or is_on == capabilities_of(organization.status)[name]:
            return shown
        return format_html('{}<span class="bo-hint">set by hand</span>', shown)

    return columns.column(value, label_of(name))


@admin.register(Organization)
class OrganizationAdmin(NotesDesk, ReviewVerbs, SettingsVerbs, RecordAdmin):
    """Merchants: what they may do now, and how they got there."""

    icon = "storefront"
    actions_detail = (
        "approve",
        "pass_submission",
        "deny",
        "grant_appeal",
        "reject_appeal",
        "restore",
        REVIEW_MENU,
        MENU,
        {
            "title": "More",
            "icon": "more_horiz",
            "items": [
                "impersonate",
                "send_invitation",
                "invite",
                "issue_token",
                "override",
                "change_status",
                "remove",
            ],
        },
    )
    search_hint = "Name, slug, e-mail or id"
    search_fields = ("name__icontains", "slug__icontains", "email__icontains")
    tabs = "tab"
    list_filter = (StatusTabs, "country", "rate_group", AppealFilter, DeletedFilter)
    list_display = (
        columns.text("name"),
        columns.text("slug"),
        columns.badge("status", TONES),
        columns.when("status_changed_at", "In status since"),
        columns.text("country"),
        columns.text("email", "E-mail"),
        columns.when("created_at"),
        columns.code("id", tail=True),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Organization",
            (
                "name",
                columns.badge("status", TONES),
                columns.when("status_changed_at", "In status since"),
                columns.when("snoozed_until", "Snoozed until"),
                columns.column(_next_review, "Next review at"),
                columns.code("id"),
                columns.code("slug"),
                columns.text("email", "E-mail"),
                "website",
                "country",
                "created_at",
                "deleted_at",
            ),
        ),
        ("Capabilities", tuple(_capability(name) for name in CAPABILITIES)),
        *FACTS,
    )

    @verb(
        title="Impersonate",
        role=roles.SUPPORT,
        icon="visibility",
        form=ImpersonateForm,
        text="See what a member sees. Nothing can be changed, and every page is kept.",
        plan=lambda organization, data, origin: plan_start_impersonation(
            organization_id=organization.pk, membership_id=data["membership_id"], origin=origin
        ),
        available=_is_living,
    )
    def impersonate(self, organization: Organization, data: dict[str, Any], origin: Origin) -> Lead:
        """Look on as a member for an hour."""
        started = start_impersonation(
            organization_id=organization.pk,
            membership_id=data["membership_id"],
            agreed=data["agreed"],
            origin=origin,
        )
        return Lead(f"You look on as {started.member}.", reverse("admin:as_merchant"))

    @verb(
        title="Change status",
        role=roles.FINANCE,
        icon="swap_horiz",
        form=StatusForm,
        text="The capabilities of the new status hold at once.",
        plan=lambda organization, data, origin: plan_change_status(
            organization_id=organization.pk, to=data["to"], origin=origin
        ),
        available=_is_living,
    )
    def change_status(
        self, organization: Organization, data: dict[str, Any], origin: Origin
    ) -> str:
        """Move the organization to another status."""
        before = organization.status
        change_status(
            organization_id=organization.pk, to=data["to"], agreed=data["agreed"], origin=origin
        )
        return f"{organization} is {data['to']} (was {before})."

    @verb(
        title="Issue token",
        role=roles.ADMIN,
        icon="key",
        form=TokenForm,
        text="An access token for the merchant API. It is shown once.",
        available=_is_living,
    )
    def issue_token(
        self, organization: Organization, data: dict[str, Any], origin: Origin
    ) -> Reveal:
        """Make an access token and show it."""
        _, plaintext = issue_access_token(
            organization_id=organization.pk,
            comment=data["comment"],
            scopes=data["scopes"],
            expires_at=data["expires_at"],
            origin=origin,
        )
        return Reveal(f"Access token of {organization}", plaintext)

    @verb(
        title="Override capability",
        role=roles.ADMIN,
        icon="tune",
        form=CapabilityForm,
        text="For this organization alone, until its status changes.",
        plan=lambda organization, data, origin: plan_override_capability(
            organization_id=organization.pk,
            capability=data["capability"],
            is_allowed=data["is_allowed"],
            origin=origin,
        ),
        available=_is_living,
    )
    def override(self, organization: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Set a capability by hand, or give it back to the status."""
        changed = override_capability(
            organization_id=organization.pk,
            capability=data["capability"],
            is_allowed=data["is_allowed"],
            agreed=data["agreed"],
            origin=origin,
        )
        is_on = changed.can(data["capability"])
        return f"{label_of(data['capability'])} is {'on' if is_on else 'off'}."

    @verb(
        title="Invite member",
        role=roles.SUPPORT,
        icon="forward_to_inbox",
        form=InvitationForm,
        text="By e-mail, with a link that is good for seven days and for once.",
        available=_is_living,
    )
    def send_invitation(
        self, organization: Organization, data: dict[str, Any], origin: Origin
    ) -> str:
        """Ask somebody to join."""
        sent = send_invitation(
            organization_id=organization.pk, email=data["email"], role=data["role"], origin=origin
        )
        return f"{sent.email} is invited as {sent.get_role_display().lower()}."

    @verb(
        title="Add member",
        role=roles.SUPPORT,
        icon="person_add",
        form=InviteForm,
        text="At once, without being asked. A person who is new here has no password yet.",
        available=_is_living,
    )
    def invite(self, organization: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Let somebody join."""
        member = invite_member(
            organization_id=organization.pk,
            email=data["email"],
            name=data["name"],
            role=data["role"],
            origin=origin,
        )
        return f"{member.user} is {member.get_role_display()} of {organization}."

    @verb(
        title="Delete",
        role=roles.ADMIN,
        icon="delete",
        is_danger=True,
        plan=lambda organization, data, origin: plan_delete_organization(
            organization_id=organization.pk, origin=origin
        ),
        available=_is_living,
    )
    def remove(self, organization: Organization, data: dict[str, Any], origin: Origin) -> str:
        """Close the organization."""
        delete_organization(organization_id=organization.pk, agreed=data["agreed"], origin=origin)
        return f"{organization} is deleted."
