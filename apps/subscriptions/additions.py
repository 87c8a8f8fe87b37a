"""What the verbs of lower apps mean for subscriptions, for their plans."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from apps.core.plans import Plan, add_to_plan, counted
from apps.discounts.models import Discount
from apps.subscriptions.models import Subscription
from apps.subscriptions.selectors import has_other_dunning
from apps.subscriptions.shutdown import PATIENCE, SHUT
from apps.subscriptions.states import BILLABLE


def register() -> None:
    """Called once, when the app is ready."""
    add_to_plan("organizations.change_status", _ended)
    add_to_plan("organizations.lose_capabilities", _unrenewed)
    add_to_plan("organizations.delete_organization", _live)
    add_to_plan("orders.void_order", _unpaid)


def _ended(*, organization: Any, to: str, **_: Any) -> Plan | None:
    """Who loses a subscription because the merchant is shut out or has left."""
    if to not in SHUT:
        return None
    count = _billable_count(organization)
    if not count:
        return None
    return Plan(
        effects=(f"In {PATIENCE.days} days its subscriptions end; customers get no mail of it.",),
        notes=(f"{counted(count, 'subscription')} to end.",),
    )


def _unrenewed(*, organization: Any, lost: set[str], **_: Any) -> Plan | None:
    """How many subscribers stay in their period until the capability comes back."""
    if "subscription_renewals" not in lost:
        return None
    count = _billable_count(organization)
    return Plan(
        effects=("Subscriptions are no longer renewed.",),
        notes=(f"{counted(count, 'subscription')} to renew now.",) if count else (),
    )


def _live(*, organization: Any, **_: Any) -> Plan | None:
    """Who still pays for something is told first that it ends; what is free ends with it."""
    rows = Subscription.objects.filter(organization=organization, status__in=BILLABLE)
    # A discount that does not last leaves something to pay later.
    lasting = Q(discount=None) | Q(discount__duration=Discount.Duration.FOREVER)
    count = rows.exclude(lasting, amount=0).count()
    if not count:
        return None
    return Plan(obstacles=(f"{counted(count, 'live subscription')}: cancel first.",))


def _unpaid(*, order: Any, **_: Any) -> Plan | None:
    """A subscription that is past due by this order alone is not tried any more."""
    subscription = Subscription.objects.filter(
        pk=order.subscription_id, status=Subscription.Status.PAST_DUE
    ).first()
    if subscription is None or has_other_dunning(subscription.pk, order.pk):
        return None
    return Plan(
        warnings=("Its subscription stays past due: nothing is left that could be paid for it.",)
    )


def _billable_count(organization: Any) -> int:
    found = Subscription.objects.filter(organization=organization, status__in=BILLABLE)
    return found.count()
