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
    end_sessions,
    plan_deactivate_user,
    reactivate_user,
    reset_factors,
    set_password,
)
from apps.accounts.selectors import has_second_factor, second_factors
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


def _factors(user: User) -> Any:
    names = [one.get_type_display() for one in second_factors(user.pk)]
    return ", ".join(names) or show.badge("password only", "warn")


@admin.register(User)
class UserAdmin(RecordAdmin):
    """Staff and the people of merchants."""

    icon = "person"
    actions_list = ("add_user",)
    actions_detail = (
        "change_role",
        "reset_password",
        "reset_second_factors",
        "end_all_sessions",
        "deactivate",
        "reactivate",
    )
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
                columns.column(_factors, "Second factors"),
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
        title="Reset second factors",
        role=roles.ADMIN,
        icon="phonelink_erase",
        is_danger=True,
        text="For who lost phone and recovery codes: a password alone lets them in to add new "
        "ones. Their sessions end. Be sure that it is them who ask.",
        available=lambda user: has_second_factor(user.pk),
    )
    def reset_second_factors(self, user: User, data: dict[str, Any], origin: Origin) -> str:
        """Take the user's second factors away."""
        reset_factors(user_id=user.pk, origin=origin)
        return f"{user} has no second factor."

    @verb(
        title="End all sessions",
        role=roles.ADMIN,
        icon="logout",
        is_danger=True,
        text="They have to sign in again, everywhere.",
    )
    def end_all_sessions(self, user: User, data: dict[str, Any], origin: Origin) -> str:
        """Sign the user out everywhere."""
        count = end_sessions(user_id=user.pk, origin=origin)
        return f"{count} session{'' if count == 1 else 's'} of {user} ended."

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
