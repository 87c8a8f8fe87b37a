"""Status and capabilities, people, tokens."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm
from apps.organizations.models import Membership, Organization
from apps.organizations.scopes import ALL_SCOPES, RESERVED_SCOPES
from apps.organizations.states import CAPABILITIES, MACHINE, label_of

# The owner's role is passed on by its own verb.
MEMBER_ROLES = [one for one in Membership.Role.choices if one[0] != Membership.Role.OWNER]

SCOPE_SETS = {
    "all": ("Everything", ALL_SCOPES),
    "tokens": ("Managing tokens only", RESERVED_SCOPES),
    "read": ("Reading only", tuple(one for one in ALL_SCOPES if one.endswith(":read"))),
}


class StatusForm(ReasonForm):
    """The statuses that the present one may become."""

    field_order = ("to", "reason")
    to = fields.choice("New status")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = Organization.objects.values_list("status", flat=True).get(pk=self.object_id)
        moves = sorted(MACHINE.moves[current])
        self.fields["to"].choices = [("", "Choose…"), *((one, one) for one in moves)]


class CapabilityForm(ReasonForm):
    """Which capability, and what becomes of it; `is_allowed` is None for the status's own."""

    field_order = ("capability", "setting", "reason")
    capability = fields.choice("Capability", [(name, label_of(name)) for name in CAPABILITIES])
    setting = fields.choice(
        "Becomes", [("on", "On"), ("off", "Off"), ("default", "As the status has it")]
    )
    reason = fields.text("Reason", min_length=10, max_length=500, help_text="Kept with the event.")

    def clean(self) -> dict[str, Any]:
        """`is_allowed` for the operation."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["is_allowed"] = {"on": True, "off": False}.get(data.get("setting", ""))
        return data


class InviteForm(ReasonForm):
    """Who joins, and as what."""

    field_order = ("email", "name", "role", "reason")
    email = fields.email("E-mail", max_length=320)
    name = fields.line(
        "Name", max_length=200, required=False, help_text="For a person who is new here."
    )
    role = fields.choice("Role", MEMBER_ROLES, initial=Membership.Role.MEMBER)


class InvitationForm(ReasonForm):
    """Who is asked to join, and as what."""

    field_order = ("email", "role", "reason")
    email = fields.email("E-mail", max_length=320)
    role = fields.choice("Role", MEMBER_ROLES, initial=Membership.Role.MEMBER)


class MemberRoleForm(ReasonForm):
    """The roles that can be given."""

    field_order = ("role", "reason")
    role = fields.choice("Role", MEMBER_ROLES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        member = Membership.objects.filter(pk=self.object_id).first()
        self.fields["role"].initial = member.role if member else ""


class ImpersonateForm(ReasonForm):
    """As which member; staff among them are not offered."""

    field_order = ("membership_id", "reason")
    membership_id = fields.choice("As")
    reason = fields.text("Reason", min_length=10, max_length=500, help_text="Kept with the record.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.filter(
            organization_id=self.object_id, user__is_active=True, user__staff_role=""
        )
        rows = members.select_related("user").order_by("created_at")
        choices = [(str(one.pk), str(one)) for one in rows]
        self.fields["membership_id"].choices = [("", "Choose…"), *choices]
        owner = next((str(one.pk) for one in rows if one.role == Membership.Role.OWNER), "")
        self.fields["membership_id"].initial = owner


class TokenForm(ReasonForm):
    """What the token is for and what it may do."""

    field_order = ("comment", "scope_set", "scopes", "expires_on", "reason")
    comment = fields.line("Comment", max_length=200)
    scope_set = fields.choice(
        "May do",
        [(name, title) for name, (title, _) in SCOPE_SETS.items()]
        + [("chosen", "Only the scopes below")],
    )
    scopes = fields.line(
        "Scopes", required=False, help_text="Separated by spaces, as in products:read orders:read."
    )
    expires_on = fields.day(
        "Expires on", required=False, help_text="At the start of this day, UTC. Empty: never."
    )

    def clean(self) -> dict[str, Any]:
        """`scopes` as a list and `expires_at` as a moment."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = data.get("scope_set", "")
        if chosen in SCOPE_SETS:
            data["scopes"] = list(SCOPE_SETS[chosen][1])
        else:
            data["scopes"] = str(data.get("scopes") or "").split()
            if not data["scopes"]:
                self.add_error("scopes", "Name at least one scope.")
        day = data.get("expires_on")
        data["expires_at"] = datetime.combine(day, time.min, tzinfo=UTC) if day else None
        return data
