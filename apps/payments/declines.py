"""What a refused charge means for the next try. Pure."""

from __future__ import annotations

from typing import Final

# The bank will say no again, and card networks charge for asking: only another card helps.
UNRECOVERABLE: Final = frozenset(
    {
        "blocklist",
        "card_not_supported",
        "do_not_honor",
        "expired_card",
        "fraudulent",
        "incorrect_cvc",
        "incorrect_number",
        "invalid_account",
        "invalid_cvc",
        "invalid_expiry_year",
        "invalid_pin",
        "live_mode_test_card",
        "lost_card",
        "merchant_blacklist",
        "not_permitted",
        "pickup_card",
        "previously_declined_do_not_retry",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "security_violation",
        "stolen_card",
        "stop_payment_order",
    }
)

MISSING_METHOD: Final = "missing_payment_method"
# Nothing was asked of the processor, so nothing was refused.
UNAVAILABLE: Final = "unavailable"

# Every trigger of a payment, and whether its failure is a step of the schedule. The tries that
# somebody asks for, or that a new card leads to, come on top.
IS_SCHEDULED: Final[dict[str, bool]] = {
    "purchase": True,
    "subscription_cycle": True,
    "retry_dunning": True,
    "retry_customer": False,
    "retry_payment_method_update": False,
    "retry_admin": False,
}
SCHEDULED: Final = tuple(trigger for trigger, counts in IS_SCHEDULED.items() if counts)


def is_recoverable(decline_reason: str | None) -> bool:
    """Whether the same method may well be charged in a few days."""
    return decline_reason not in UNRECOVERABLE


def is_scheduled(trigger: str | None) -> bool:
    """Whether a failure counts as a step of the schedule."""
    return IS_SCHEDULED.get(trigger or "", False)
