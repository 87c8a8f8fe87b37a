"""People, for staff."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.models import Group

from apps.accounts.forms import NewUserForm, RoleForm
from apps.accounts.models import User
from apps.accounts.operations import (
    change_staff_role,
    create_user,
    deactivate_user,
    plan_deactivate_user,
    reactivate_user,
    set_password,
)
from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import Reveal, verb

ROLE_TONES = {"admin": "bad", "finance": "warn", "support": "busy", "viewer": "plain"}

PASSWORD_BYTES = 15

# Rights hang on `staff_role` alone.
admin.site.unregister(Group)


def _sign_in(user: User) -> Any:
    return show.badge("allowed", "good") if user.is_active else show.badge("refused", "bad")


@admin.register(User)
class UserAdmin(RecordAdmin):
    """Staff and the people of merchants."""

    icon = "person"
    actions_list = ("add_user",)
    actions_detail = ("change_role", "reset_password", "deactivate", "reactivate")
    view_role = roles.SUPPORT
    search_hint = "E-mail, name or id"
    search_fields = ("email__icontains", "name__icontains")
    list_filter = ("staff_role", "is_active")
    list_display = (
        columns.text("email", "E-mail"),
        columns.text("name"),
        columns.badge("staff_role", ROLE_TONES, "Staff role"),
        columns.column(_sign_in, "Sign-in", order="is_active", kind="status"),
        columns.when("last_login", "Last login"),
        columns.when("date_joined", "Joined"),
        columns.code("id", tail=True),
    )
    ordering = ("-date_joined",)
    facts: ClassVar = (
        (
            "User",
            (
                columns.text("email", "E-mail"),
                "name",
                columns.code("id"),
                columns.badge("staff_role", ROLE_TONES, "Staff role"),
                columns.column(_sign_in, "Sign-in", kind="status"),
                columns.when("last_login", "Last login"),
                columns.when("date_joined", "Joined"),
            ),
        ),
    )

    @verb(
        title="Add user",
        role=roles.ADMIN,
        icon="person_add",
        form=NewUserForm,
        text="A first password is made and shown once.",
    )
    def add_user(self, nobody: None, data: dict[str, Any], origin: Origin) -> Reveal:
        """Make a user who can sign in."""
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        user = create_user(
            email=data["email"],
            name=data["name"],
            password=password,
            staff_role=data["staff_role"],
            origin=origin,
        )
        return Reveal(f"First password of {user}", password)

    @verb(
        title="Change role",
        role=roles.ADMIN,
        icon="badge",
        form=RoleForm,
        text="It holds from their next click. Without a role the backoffice is closed to them.",
    )
    def change_role(self, user: User, data: dict[str, Any], origin: Origin) -> str:
        """Give the user another staff role."""
        changed = change_staff_role(user_id=user.pk, staff_role=data["staff_role"], origin=origin)
        return f"{changed} is now {changed.get_staff_role_display()}."

    @verb(
        title="Reset password",
        role=roles.ADMIN,
        icon="lock_reset",
        is_danger=True,
        text="A new password is made and shown once; their sessions end.",
    )
    def reset_password(self, user: User, data: dict[str, Any], origin: Origin) -> Reveal:
        """Replace the user's password."""
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        set_password(user_id=user.pk, password=password, origin=origin)
        return Reveal(f"New password of {user}", password)

    @verb(
        title="Deactivate",
        role=roles.ADMIN,
        icon="person_off",
        is_danger=True,
        plan=lambda user, data, origin: plan_deactivate_user(user_id=user.pk, origin=origin),
        available=lambda user: user.is_active,
    )
    def deactivate(self, user: User, data: dict[str, Any], origin: Origin) -> str:
        """Let the user no longer sign in."""
        deactivate_user(user_id=user.pk, agreed=data["agreed"], origin=origin)
        return f"{user} can no longer sign in."

    @verb(
        title="Reactivate",
        role=roles.ADMIN,
        icon="person_check",
        text="They can sign in again, with their password and in their role.",
        available=lambda user: not user.is_active,
    )
    def reactivate(self, user: User, data: dict[str, Any], origin: Origin) -> str:
        """Let the user sign in again."""
        reactivate_user(user_id=user.pk, origin=origin)
        return f"{user} can sign in."
