"""Checkouts that take the place of a free subscription."""

from __future__ import annotations

from uuid import UUID

from apps.catalog.selectors import terms_of
from apps.core.errors import ValidationFailed
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.pricing import is_free_of_charge
from apps.subscriptions.selectors import prices_of
from apps.subscriptions.states import ACTIVE


def upgraded_subscription(
    organization: Organization, subscription_id: UUID | None
) -> Subscription | None:
    """
    The subscription that a checkout is to replace.

    :raises ValidationFailed: if it is unknown, has ended, or is not free.
    """
    if subscription_id is None:
        return None
    rows = Subscription.objects.for_organization(organization).select_related("customer")
    found = rows.filter(pk=subscription_id).first()
    if found is None:
        message = "Subscription does not exist."
    elif found.status not in ACTIVE:
        message = "Only an active subscription can be upgraded."
    elif not is_free_of_charge(terms_of(row.price) for row in prices_of(found)):
        message = "Only a free subscription can be upgraded."
    else:
        return found
    raise ValidationFailed.at("body", "subscription_id", msg=message, value=str(subscription_id))
