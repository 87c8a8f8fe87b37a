"""What must be settled before a subscriber becomes part of another customer."""

from __future__ import annotations

from apps.core.plans import Plan
from apps.customers.belongings import Care, register_care
from apps.customers.models import Customer
from apps.payments.merging import can_bring_methods
from apps.subscriptions.models import Subscription


def register() -> None:
    """Called once, when Django is ready."""
    register_care("subscriptions.Subscription", Care(foresee=_foresee))


def _foresee(first: Customer, second: Customer) -> Plan | None:
    """A subscription cannot be paid any more with what is left behind."""
    if can_bring_methods(first, second):
        return None
    tied = Subscription.objects.filter(
        customer=first, ended_at=None, payment_method__customer=first
    )
    if not tied.exists():
        return None
    return Plan(
        obstacles=(
            f"A subscription of {first} is paid with a method that {second} cannot use: "
            "merge the other way round, or have the buyer give another one first.",
        )
    )
