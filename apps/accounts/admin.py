"""People, for staff."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.models import Group

from apps.accounts.models import User
from apps.core.staff import columns
from apps.core.staff.records import RecordAdmin

ROLE_TONES = {"admin": "bad", "finance": "warn", "support": "busy", "viewer": "plain"}

# Rights hang on `staff_role` alone.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(RecordAdmin):
    """Staff and the people of merchants."""

    icon = "person"
    search_hint = "E-mail, name or id"
    search_fields = ("email__icontains", "name__icontains")
    list_filter = ("staff_role", "is_active")
    list_display = (
        columns.text("email", "E-mail"),
        columns.text("name"),
        columns.badge("staff_role", ROLE_TONES, "Staff role"),
        columns.auto(User, "is_active"),
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
                "is_active",
                columns.when("last_login", "Last login"),
                columns.when("date_joined", "Joined"),
            ),
        ),
    )
