"""What the verbs of lower apps mean for checkouts, for their plans."""

from __future__ import annotations

from typing import Any

from apps.checkouts.models import Checkout
from apps.core.plans import Plan, add_to_plan, counted


def register() -> None:
    """Called once, when the app is ready."""
    add_to_plan("organizations.change_status", _unpayable_checkouts)


def _unpayable_checkouts(*, organization: Any, lost: set[str], **_: Any) -> Plan | None:
    """How many buyers stand before a checkout that can no longer be paid."""
    if "checkout_payments" not in lost:
        return None
    count = Checkout.objects.filter(organization=organization, status=Checkout.Status.OPEN).count()
    return Plan(
        effects=("Checkouts that are open can no longer be paid.",),
        notes=(f"{counted(count, 'checkout')} open now.",),
    )
