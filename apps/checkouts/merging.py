"""What must be settled before a buyer at a checkout becomes part of another customer."""

from __future__ import annotations

from apps.checkouts.models import Checkout
from apps.core.plans import Plan
from apps.customers.belongings import Care, register_care
from apps.customers.models import Customer


def register() -> None:
    """Called once, when Django is ready."""
    register_care("checkouts.Checkout", Care(foresee=_foresee))


def _foresee(first: Customer, second: Customer) -> Plan | None:
    """The provider knows the buyer by the former customer until the payment has ended."""
    paying = Checkout.objects.filter(customer=first, status=Checkout.Status.CONFIRMED)
    if not paying.exists():
        return None
    return Plan(obstacles=(f"{first} is just paying at a checkout: wait for the outcome.",))
