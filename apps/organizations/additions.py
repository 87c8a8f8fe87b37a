"""What the verbs of lower apps mean for merchants, for their plans."""

from __future__ import annotations

from typing import Any

from apps.core.plans import Plan, add_to_plan
from apps.organizations.models import Membership


def register() -> None:
    """Called once, when the app is ready."""
    add_to_plan("accounts.deactivate_user", _memberships)


def _memberships(*, user: Any, **_: Any) -> Plan | None:
    """Where the person stays a member without being able to act; an owner is worth a warning."""
    found = Membership.objects.filter(user=user, organization__deleted_at=None)
    memberships = list(found.select_related("organization").order_by("organization__name"))
    if not user.is_active or not memberships:
        return None
    return Plan(
        effects=tuple(
            f"They cannot act as {one.get_role_display().lower()} of {one.organization}."
            for one in memberships
        ),
        warnings=tuple(
            f"{one.organization} is left without an owner who can sign in."
            for one in memberships
            if one.role == Membership.Role.OWNER
        ),
    )
