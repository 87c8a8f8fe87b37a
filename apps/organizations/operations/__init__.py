"""Every write to organizations and their tokens."""

from apps.organizations.operations.lifecycle import (
    change_status,
    create_organization,
    update_organization,
)
from apps.organizations.operations.tokens import (
    issue_access_token,
    revoke_access_token,
    touch_access_token,
)

__all__ = [
    "change_status",
    "create_organization",
    "issue_access_token",
    "revoke_access_token",
    "touch_access_token",
    "update_organization",
]
