"""The words in which a change is asked for."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from apps.core.errors import ValidationFailed
from apps.organizations.models import Organization

RESET_FEATURE: Final = "reset_proration_behavior_enabled"


class Behavior(StrEnum):
    """When a change applies and how it is billed."""

    # At once; the difference is paid at once.
    INVOICE = "invoice"
    # At once; the difference is part of the next order.
    PRORATE = "prorate"
    # When the period ends.
    NEXT_PERIOD = "next_period"
    # At once, in a whole new period that is paid at once.
    RESET = "reset"


class Unchanged(StrEnum):
    """Stands for a discount that stays as it is, where None takes it away."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


def resolve_behavior(organization: Organization, behavior: str | None) -> Behavior:
    """
    The behavior asked for, else the organization's own.

    :raises ValidationFailed: for one that there is not, or that the organization may not use.
    """
    wanted = behavior or organization.subscription_settings.get("proration_behavior")
    try:
        chosen = Behavior(wanted or Behavior.PRORATE)
    except ValueError:
        raise _wrong("There is no such behavior.", wanted) from None
    is_open = organization.feature_settings.get(RESET_FEATURE)
    if behavior and chosen is Behavior.RESET and not is_open:
        raise _wrong("This organization cannot start periods anew.", behavior)
    return chosen


def _wrong(message: str, value: object) -> ValidationFailed:
    return ValidationFailed.at("body", "proration_behavior", msg=message, value=value)
