"""Forgetting what a customer wrote."""

from __future__ import annotations

from django.db import transaction

from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.subscriptions.models import Subscription


@transaction.atomic
def forget_subscriber(*, customer: Customer, origin: Origin) -> int:
    """Take the words with which a customer left out of their subscriptions; how many had some."""
    rows = Subscription.objects.filter(customer=customer, cancellation_comment__isnull=False)
    return rows.update(cancellation_comment=None, modified_at=origin.at)
