"""What the verbs of lower apps mean for checkouts, for their plans."""

from __future__ import annotations

from typing import Any

from apps.checkouts.models import Checkout
from apps.core.plans import Plan, add_to_plan, counted


def register() -> None:
    """Called once, when the app is ready."""
    add_to_plan("organizations.lose_capabilities", _unpayable_checkouts)
    add_to_plan("organizations.delete_organization", _payments_under_way)


def _unpayable_checkouts(*, organization: Any, lost: set[str], **_: Any) -> Plan | None:
    """How many buyers stand before a checkout that can no longer be paid."""
    if "checkout_payments" not in lost:
        return None
    count = Checkout.objects.filter(organization=organization, status=Checkout.Status.OPEN).count()
    return Plan(
        effects=("Checkouts that are open can no longer be paid.",),
        notes=(f"{counted(count, 'checkout')} open now.",) if count else (),
    )


def _payments_under_way(*, organization: Any, **_: Any) -> Plan | None:
    """A buyer whose payment is being made waits for it."""
    confirmed = Checkout.objects.filter(
        organization=organization, status=Checkout.Status.CONFIRMED
    ).count()
    if not confirmed:
        return None
    return Plan(obstacles=(f"{counted(confirmed, 'checkout')} being paid: wait for the outcome.",))
