"""What staff are asked before a merchant, its people or a token is changed."""

from apps.organizations.forms.access import (
    CapabilityForm,
    InviteForm,
    MemberRoleForm,
    StatusForm,
    TokenForm,
)

__all__ = [
    "CapabilityForm",
    "InviteForm",
    "MemberRoleForm",
    "StatusForm",
    "TokenForm",
]
