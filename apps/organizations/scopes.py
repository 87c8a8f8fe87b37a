"""What an organization access token can be allowed to do."""

from typing import Final

_READ_WRITE = (
    "organizations custom_fields discounts checkout_links checkouts transactions payouts products "
    "benefits events meters files subscriptions customers members wallets disputes customer_seats "
    "orders refunds metrics webhooks license_keys customer_portal notifications "
    "notification_recipients user"
)
_SINGLE = "customer_meters:read payments:read customer_sessions:write member_sessions:write"

# The scopes of people (openid, profile, email) are not for tokens.
ALL_SCOPES: Final = tuple(
    sorted(
        [f"{noun}:{verb}" for noun in _READ_WRITE.split() for verb in ("read", "write")]
        + _SINGLE.split()
    )
)
# Managing tokens: no token gives these to another, only staff do.
RESERVED_SCOPES: Final = ("organization_access_tokens:read", "organization_access_tokens:write")
GRANTABLE_SCOPES: Final = (*ALL_SCOPES, *RESERVED_SCOPES)

# What a member's role keeps from them; owners and admins see everything.
_WITHHELD: Final = {
    "member": frozenset({"payouts", "transactions"}),
    "finance": frozenset({"webhooks", "files", "events", "meters", "license_keys"}),
}


def readable_by(role: str) -> tuple[str, ...]:
    """The scopes of reading that a member of this role has."""
    withheld = _WITHHELD.get(role, frozenset())
    return tuple(
        one
        for one in ALL_SCOPES
        if one.endswith(":read") and one.removesuffix(":read") not in withheld
    )
