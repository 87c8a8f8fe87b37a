"""Access tokens, for staff."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from apps.core.origin import Origin
from apps.core.staff import columns, roles
from apps.core.staff.filters import presence
from apps.core.staff.panels import latest
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import Reveal, verb
from apps.organizations.models import AccessToken
from apps.organizations.operations import (
    plan_revoke_access_token,
    plan_rotate_access_token,
    revoke_access_token,
    rotate_access_token,
)


@admin.register(AccessToken)
class AccessTokenAdmin(RecordAdmin):
    """Organization access tokens: only their hash is stored."""

    icon = "key"
    actions_detail = ("rotate", "revoke")
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
        title="Rotate",
        role=roles.ADMIN,
        icon="autorenew",
        plan=lambda token, data, origin: plan_rotate_access_token(token_id=token.pk, origin=origin),
        available=lambda token: token.revoked_at is None and token.impersonation_id is None,
    )
    def rotate(self, token: AccessToken, data: dict[str, Any], origin: Origin) -> Reveal:
        """Put another token in its place and show it."""
        new, plaintext = rotate_access_token(
            token_id=token.pk, agreed=data["agreed"], origin=origin
        )
        return Reveal(f"Access token of {new.organization}", plaintext)

    @verb(
        title="Revoke",
        role=roles.SUPPORT,
        icon="key_off",
        is_danger=True,
        plan=lambda token, data, origin: plan_revoke_access_token(token_id=token.pk, origin=origin),
        available=lambda token: token.revoked_at is None,
    )
    def revoke(self, token: AccessToken, data: dict[str, Any], origin: Origin) -> str:
        """Make the token worthless."""
        revoke_access_token(token_id=token.pk, agreed=data["agreed"], origin=origin)
        return f"{token} is revoked."


latest(
    "organizations.organization",
    AccessToken,
    "organization",
    (
        columns.text("comment"),
        columns.code("hint", "Ends in"),
        columns.when("last_used_at", "Last used"),
        columns.when("expires_at"),
        columns.when("revoked_at"),
    ),
    title="Access tokens",
    position=90,
    role=roles.SUPPORT,
    empty="No tokens.",
)
