"""The statuses of an organization: which moves there are, and what each status allows."""

from typing import Final

from apps.core.states import Machine

MACHINE: Final = Machine(
    noun="organization",
    moves={
        "created": frozenset({"review", "active", "denied", "blocked"}),
        "review": frozenset({"created", "active", "snoozed", "denied", "offboarding", "blocked"}),
        "snoozed": frozenset({"created", "review", "active", "denied", "blocked"}),
        "active": frozenset({"created", "review", "denied", "blocked"}),
        "denied": frozenset({"created", "active", "offboarding", "blocked"}),
        "offboarding": frozenset({"review", "denied", "blocked", "offboarded"}),
        "offboarded": frozenset({"blocked"}),
        "blocked": frozenset({"created", "active"}),
    },
)

CAPABILITIES: Final = (
    "checkout_payments",
    "subscription_renewals",
    "payouts",
    "refunds",
    "api_access",
    "dashboard_access",
)

_ACCESS = {"api_access", "dashboard_access"}
_ALL = set(CAPABILITIES)
_BY_STATUS: Final = {
    "created": _ACCESS,
    "review": _ALL,
    "snoozed": _ALL,
    "active": _ALL,
    "denied": _ACCESS,
    "offboarding": _ALL - {"payouts"},
    "offboarded": _ACCESS | {"payouts"},
    "blocked": set(),
}


def capabilities_of(status: str) -> dict[str, bool]:
    """Every capability and whether `status` grants it."""
    granted = _BY_STATUS[status]
    return {name: name in granted for name in CAPABILITIES}


def label_of(capability: str) -> str:
    """The capability in words: `API access`."""
    return capability.replace("_", " ").capitalize().replace("Api", "API")
