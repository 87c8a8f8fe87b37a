"""What a subscription gives its customer beside the product: benefits, while it is paid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.benefits.operations import Alignment, Entitlement, align_grants
from apps.core.origin import Origin
from apps.subscriptions.dunning import has_access
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import Subscription


@transaction.atomic
def align_benefits(*, subscription_id: UUID, origin: Origin) -> Alignment:
    """
    Have the benefits of the product granted or taken back, as the subscription stands now.

    The second time nothing is asked for.
    """
    subscription = lock_subscription(subscription_id)
    return align_grants(
        entitlement=Entitlement(
            organization_id=subscription.organization_id,
            customer_id=subscription.customer_id,
            product_id=subscription.product_id,
            subscription_id=subscription.pk,
            is_entitled=is_entitled(subscription, origin.at),
        ),
        origin=origin,
    )


def is_entitled(subscription: Subscription, at: datetime) -> bool:
    """
    Whether its customer has what they subscribed to: while it is paid, and in the grace period.

    A subscription by the seat gives nothing by itself; the people on its seats get it.
    """
    return subscription.seats is None and has_access(
        subscription.status,
        subscription.past_due_at,
        subscription.organization.subscription_settings,
        at=at,
    )
