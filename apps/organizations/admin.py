"""Merchants, their people and their access tokens, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import Reveal, verb
from apps.organizations.forms import StatusForm, TokenForm
from apps.organizations.models import AccessToken, Membership, Organization
from apps.organizations.operations import (
    change_status,
    issue_access_token,
    plan_change_status,
    revoke_access_token,
)

TONES = {
    "created": "busy",
    "review": "warn",
    "snoozed": "warn",
    "active": "good",
    "denied": "bad",
    "offboarding": "warn",
    "blocked": "bad",
}


def _capabilities(organization: Organization) -> SafeString:
    granted = [name for name, is_on in sorted(organization.capabilities.items()) if is_on]
    if not granted:
        return show.badge("nothing", "bad")
    return format_html_join(" ", "{}", ((show.badge(name, "good"),) for name in granted))


@admin.register(Organization)
class OrganizationAdmin(RecordAdmin):
    """Merchants: what they may do now, and how they got there."""

    icon = "storefront"
    actions_detail = ("change_status", "issue_token")
    search_hint = "Name, slug, e-mail or id"
    search_fields = ("name__icontains", "slug__icontains", "email__icontains")
    list_filter = (
        "status",
        "country",
        "rate_group",
        presence("deleted_at", "Deleted", "deleted", "living"),
    )
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
                columns.code("id"),
                columns.code("slug"),
                columns.text("email", "E-mail"),
                "website",
                "country",
                "created_at",
                "deleted_at",
            ),
        ),
        (
            "Settings",
            (
                "default_presentment_currency",
                "default_tax_behavior",
                "invoice_prefix",
                "invoice_numbering",
                columns.auto(Organization, "require_3ds"),
                "rate_group",
                "embed_hosts",
                columns.text("clock_offset", "Test clock ahead by"),
            ),
        ),
        ("Capabilities", (columns.column(_capabilities, "May do now"),)),
    )

    @verb(
        title="Change status",
        role=roles.FINANCE,
        icon="swap_horiz",
        form=StatusForm,
        text="The capabilities of the new status hold at once.",
        plan=lambda organization, data, origin: plan_change_status(
            organization_id=organization.pk, to=data["to"], origin=origin
        ),
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


@admin.register(AccessToken)
class AccessTokenAdmin(RecordAdmin):
    """Organization access tokens: only their hash is stored."""

    icon = "key"
    actions_detail = ("revoke",)
    view_role = roles.SUPPORT
    related = ("organization",)
    search_hint = "Comment, last characters, organization or id"
    search_fields = ("comment__icontains", "hint", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = (
        presence("revoked_at", "Revoked", "revoked", "valid"),
        presence("last_used_at", "Used", "used", "never used"),
    )
    list_display = (
        columns.text("comment"),
        columns.code("hint", "Ends in"),
        columns.link("organization"),
        columns.column(lambda token: len(token.scopes), "Scopes"),
        columns.when("last_used_at", "Last used"),
        columns.when("expires_at"),
        columns.when("revoked_at"),
        columns.when("created_at"),
    )
    ordering = ("-created_at",)
    facts: ClassVar = (
        (
            "Access token",
            (
                "comment",
                "organization",
                columns.code("hint", "Ends in"),
                columns.code("id"),
                "created_at",
                "last_used_at",
                "expires_at",
                "revoked_at",
            ),
        ),
        ("Scopes", ("scopes",)),
    )

    @verb(
        title="Revoke",
        role=roles.SUPPORT,
        icon="key_off",
        is_danger=True,
        text="Requests with this token are refused from now on. This cannot be undone.",
        available=lambda token: token.revoked_at is None,
    )
    def revoke(self, token: AccessToken, data: dict[str, Any], origin: Origin) -> str:
        """Make the token worthless."""
        revoke_access_token(token_id=token.pk, origin=origin)
        return f"{token} is revoked."


@panel("organizations.organization", position=80)
def people_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """The members with their roles."""
    return table(
        "People",
        Membership.objects.filter(organization=organization)
        .select_related("user")
        .order_by("created_at"),
        (columns.link("user"), columns.badge("role", {}), columns.when("created_at", "Since")),
        empty="No members.",
    )


@panel("organizations.organization", position=90, role=roles.SUPPORT)
def tokens_of_organization(organization: Any, request: HttpRequest) -> Panel:
    """The latest access tokens."""
    return table(
        "Access tokens",
        AccessToken.objects.filter(organization=organization).order_by("-created_at"),
        (
            columns.text("comment"),
            columns.code("hint", "Ends in"),
            columns.when("last_used_at", "Last used"),
            columns.when("expires_at"),
            columns.when("revoked_at"),
        ),
        more=listing("organizations", "accesstoken", organization__id__exact=organization.pk),
        empty="No tokens.",
    )


@panel("accounts.user", position=50)
def memberships_of_user(user: Any, request: HttpRequest) -> Panel:
    """The organizations a person belongs to."""
    return table(
        "Organizations",
        Membership.objects.filter(user=user).select_related("organization").order_by("created_at"),
        (
            columns.link("organization"),
            columns.badge("role", {}),
            columns.when("created_at", "Since"),
        ),
        empty="Belongs to no organization.",
    )
