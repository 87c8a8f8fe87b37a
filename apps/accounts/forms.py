"""What is asked before a person is let in or given another role."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import User
from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm

ROLES = [(role.value, role.label) for role in User.StaffRole]


class RoleForm(ReasonForm):
    """The roles there are."""

    field_order = ("staff_role", "reason")
    staff_role = fields.choice("Staff role", ROLES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = User.objects.filter(pk=self.object_id).first()
        self.fields["staff_role"].initial = user.staff_role if user else ""


class NewUserForm(ReasonForm):
    """Who it is and what they may do."""

    field_order = ("email", "name", "staff_role", "reason")
    email = fields.email("E-mail", max_length=320)
    name = fields.line("Name", max_length=200)
    staff_role = fields.choice("Staff role", ROLES, required=False)
