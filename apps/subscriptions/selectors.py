"""Reads of subscriptions across tables."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from apps.organizations.models import Organization
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription, SubscriptionPrice
from apps.subscriptions.states import BILLABLE


def prices_of(subscription: Subscription) -> list[SubscriptionPrice]:
    """The prices as the subscriber has them, in their order, each with its `price`."""
    rows = SubscriptionPrice.objects.select_related("price").filter(subscription=subscription)
    return list(rows.order_by("position", "id"))


def pending_entries(
    subscription: Subscription, *, until: datetime | None = None
) -> QuerySet[BillingEntry]:
    """What waits to be billed, the oldest first; `until` leaves out what begins later."""
    rows = BillingEntry.objects.select_related("price", "product")
    rows = rows.filter(subscription=subscription, order_item=None)
    if until is not None:
        rows = rows.filter(start_at__lte=until)
    return rows.order_by("id")


def static_entries(subscription: Subscription) -> QuerySet[BillingEntry]:
    """What waits to be billed but usage: that is billed when its period ends."""
    return pending_entries(subscription).exclude(type=BillingEntry.Type.METERED)


def open_update(subscription: Subscription, timing: str) -> PendingUpdate | None:
    """The change that waits for the next period, or for its payment."""
    rows = PendingUpdate.objects.filter(subscription=subscription, timing=timing)
    return rows.filter(applied_at=None, discarded_at=None).first()


def open_updates(subscription: Subscription) -> dict[str, PendingUpdate]:
    """All changes that wait, by what they wait for. One query."""
    rows = PendingUpdate.objects.filter(subscription=subscription)
    return {row.timing: row for row in rows.filter(applied_at=None, discarded_at=None)}


def billable_subscriptions_of(
    organization: Organization, *, customer_id: UUID | None = None, email: str | None = None
) -> QuerySet[Subscription]:
    """What a customer has with an organization, found by id or by e-mail in any case."""
    who = Q()
    if customer_id is not None:
        who |= Q(customer_id=customer_id)
    if email:
        who |= Q(_email=email.lower())
    if not who:
        return Subscription.objects.none()
    rows = Subscription.objects.for_organization(organization).filter(status__in=BILLABLE)
    return rows.alias(_email=Lower("customer__email")).filter(who)


def billable_subscriptions() -> QuerySet[Subscription]:
    """Every subscription that renews: active, on trial or past due."""
    return Subscription.objects.filter(status__in=BILLABLE)
