"""Subscribers at a till whose subscriptions are changed, and what stands in the way of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from apps.catalog.models import Product
from apps.organizations.models import Organization
from apps.payments.models import PaymentMethod
from apps.subscriptions.models import PendingUpdate, Subscription
from tests.support.drafts import save_card
from tests.support.subscribers import make_plan, make_subscriber, make_subscription
from tests.support.tills import Till


def subscriber_with(
    till: Till, card: str | None = "pm_card_visa", amount: int = 1000, **facts: Any
) -> Subscription:
    """Someone with this card, or none, who subscribed ten days ago."""
    organization = till.merchant.organization
    customer = make_subscriber(organization)
    method: PaymentMethod | None = save_card(till, customer, card) if card else None
    customer.refresh_from_db()
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(days=10)
    values = {"moment": moment, "payment_method": method, **facts}
    return make_subscription(organization, amount, customer=customer, **values)


def dearer_plan(organization: Organization, amount: int = 9000, **more: Any) -> Product:
    """Something to change to."""
    return make_plan(organization, amount, name="Dearer", **more)[0]


def forbid_renewals(organization: Organization) -> None:
    """Take the capability away, as a review does."""
    capabilities = {**organization.capabilities, "subscription_renewals": False}
    Organization.objects.filter(pk=organization.pk).update(capabilities=capabilities)


def leave_change_open(subscription: Subscription) -> PendingUpdate:
    """A change whose payment nobody knows the outcome of."""
    at = datetime.now(UTC)
    return PendingUpdate.objects.create(
        created_at=at,
        organization=subscription.organization,
        subscription=subscription,
        timing=PendingUpdate.Timing.PAYMENT,
        applies_at=at,
    )


def fall_past_due(subscription: Subscription) -> None:
    """As a refused renewal leaves it."""
    rows = Subscription.objects.filter(pk=subscription.pk)
    rows.update(status=Subscription.Status.PAST_DUE, past_due_at=datetime.now(UTC))
