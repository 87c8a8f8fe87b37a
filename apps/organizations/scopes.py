"""What an organization access token can be allowed to do."""

from typing import Final

_READ_WRITE = (
    "organizations custom_fields discounts checkout_links checkouts transactions payouts products "
    "benefits events meters files subscriptions customers members wallets disputes customer_seats "
    "orders refunds metrics webhooks license_keys customer_portal notifications "
    "notification_recipients user"
)
_SINGLE = "customer_meters:read payments:read customer_sessions:write member_sessions:write"

# The scopes of people (openid, profile, email) and of token management are not for tokens.
ALL_SCOPES: Final = tuple(
    sorted(
        [f"{noun}:{verb}" for noun in _READ_WRITE.split() for verb in ("read", "write")]
        + _SINGLE.split()
    )
)
