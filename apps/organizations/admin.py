"""Merchants, their people and their access tokens, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from apps.core.staff import columns
from apps.core.staff.panels import Panel, listing, panel, table
from apps.core.staff.records import RecordAdmin
from apps.organizations.models import AccessToken, Membership, Organization

TONES = {
    "created": "busy",
    "review": "warn",
    "snoozed": "warn",
    "active": "good",
    "denied": "bad",
    "offboarding": "warn",
    "blocked": "bad",
}


@admin.register(Organization)
class OrganizationAdmin(RecordAdmin):
    """Merchants: what they may do now, and how they got there."""

    icon = "storefront"
    search_hint = "Name, slug, e-mail or id"
    search_fields = ("name__icontains", "slug__icontains", "email__icontains")
    list_filter = ("status", "country", "rate_group", ("deleted_at", admin.EmptyFieldListFilter))
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
        ("Capabilities", ("capabilities",)),
    )


@admin.register(AccessToken)
class AccessTokenAdmin(RecordAdmin):
    """Organization access tokens: only their hash is stored."""

    icon = "key"
    related = ("organization",)
    search_hint = "Comment, last characters, organization or id"
    search_fields = ("comment__icontains", "hint", "organization__slug")
    search_ids = ("id", "organization_id")
    list_filter = (
        ("revoked_at", admin.EmptyFieldListFilter),
        ("last_used_at", admin.EmptyFieldListFilter),
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


@panel("organizations.organization", position=90)
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
