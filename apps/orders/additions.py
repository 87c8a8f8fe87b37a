"""What the verbs of lower apps mean for orders, for their plans."""

from __future__ import annotations

from typing import Any

from apps.core.plans import Plan, add_to_plan, counted
from apps.orders.models import Order


def register() -> None:
    """Called once, when the app is ready."""
    add_to_plan("organizations.delete_organization", _live_orders)


def _live_orders(*, organization: Any, **_: Any) -> Plan | None:
    """An order that may still be paid has to be paid or voided first."""
    live = (Order.Status.DRAFT, Order.Status.PENDING)
    count = Order.objects.filter(organization=organization, status__in=live).count()
    if not count:
        return None
    return Plan(obstacles=(f"{counted(count, 'order')} not paid yet: pay or void first.",))
