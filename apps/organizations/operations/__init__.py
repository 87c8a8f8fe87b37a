"""Every write to organizations, their people and their tokens."""

from apps.organizations.operations.appeals import (
    activate_if_ready,
    approve_appeal,
    deny_appeal,
    pass_submission,
    submit_appeal,
    submit_onboarding,
)
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
from apps.organizations.operations.notes import add_organization_note
from apps.organizations.operations.offboarding import (
    complete_offboarding,
    plan_restore_organization,
    restore_organization,
    start_offboarding,
)
from apps.organizations.operations.planning import (
    plan_change_status,
    plan_delete_organization,
    plan_override_capability,
)
from apps.organizations.operations.review_planning import (
    plan_approve,
    plan_approve_appeal,
    plan_block,
    plan_deny,
    plan_reactivate,
    plan_reset_onboarding,
    plan_start_offboarding,
)
from apps.organizations.operations.reviewing import (
    approve_organization,
    block_organization,
    deny_organization,
    end_due_snooze,
    end_snooze,
    escalate_organization,
    flag_risk,
    note_sales,
    reactivate_organization,
    reset_onboarding,
    snooze_organization,
)
from apps.organizations.operations.tokens import (
    issue_access_token,
    plan_revoke_access_token,
    revoke_access_token,
    touch_access_token,
)

__all__ = [
    "activate_if_ready",
    "add_member",
    "add_organization_note",
    "approve_appeal",
    "approve_organization",
    "block_organization",
    "change_member_role",
    "change_status",
    "complete_offboarding",
    "create_organization",
    "delete_organization",
    "deny_appeal",
    "deny_organization",
    "end_due_snooze",
    "end_snooze",
    "escalate_organization",
    "flag_risk",
    "invite_member",
    "issue_access_token",
    "note_sales",
    "override_capability",
    "pass_submission",
    "plan_approve",
    "plan_approve_appeal",
    "plan_block",
    "plan_change_status",
    "plan_delete_organization",
    "plan_deny",
    "plan_override_capability",
    "plan_reactivate",
    "plan_remove_member",
    "plan_reset_onboarding",
    "plan_restore_organization",
    "plan_revoke_access_token",
    "plan_start_offboarding",
    "plan_transfer_ownership",
    "reactivate_organization",
    "remove_member",
    "reset_onboarding",
    "restore_organization",
    "revoke_access_token",
    "snooze_organization",
    "start_offboarding",
    "submit_appeal",
    "submit_onboarding",
    "touch_access_token",
    "transfer_ownership",
    "update_organization",
]
