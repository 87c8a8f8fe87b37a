"""Every write to organizations, their people and their tokens."""

from apps.organizations.operations.closing import delete_organization, override_capability
from apps.organizations.operations.lifecycle import (
    change_status,
    create_organization,
    update_organization,
)
from apps.organizations.operations.members import (
    add_member,
    change_member_role,
    invite_member,
    plan_remove_member,
    plan_transfer_ownership,
    remove_member,
    transfer_ownership,
)
from apps.organizations.operations.planning import (
    plan_change_status,
    plan_delete_organization,
    plan_override_capability,
)
from apps.organizations.operations.tokens import (
    issue_access_token,
    plan_revoke_access_token,
    revoke_access_token,
    touch_access_token,
)

__all__ = [
    "add_member",
    "change_member_role",
    "change_status",
    "create_organization",
    "delete_organization",
    "invite_member",
    "issue_access_token",
    "override_capability",
    "plan_change_status",
    "plan_delete_organization",
    "plan_override_capability",
    "plan_remove_member",
    "plan_revoke_access_token",
    "plan_transfer_ownership",
    "remove_member",
    "revoke_access_token",
    "touch_access_token",
    "transfer_ownership",
    "update_organization",
]
