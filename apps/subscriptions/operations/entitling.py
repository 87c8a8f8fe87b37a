"""What a subscription gives its customer beside the product: benefits, while it is paid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.benefits.operations import Alignment, Entitlement, align_grants
from apps.core.origin import Origin
from apps.seats.operations import align_seats
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.seating import container_of, gives_access


@transaction.atomic
def align_benefits(*, subscription_id: UUID, origin: Origin) -> Alignment:
    """
    Have the benefits of the product granted or taken back, as the subscription stands now.

    By the seat they are those of the people on its seats, who lose them where there are none.

    The second time nothing is asked for.
    """
    subscription = lock_subscription(subscription_id)
    asked = align_grants(
        entitlement=Entitlement(
            organization_id=subscription.organization_id,
            customer_id=subscription.customer_id,
            product_id=subscription.product_id,
            subscription_id=subscription.pk,
            is_entitled=is_entitled(subscription, origin.at),
        ),
        origin=origin,
    )
    if subscription.seats is None:
        return asked
    people = align_seats(container=container_of(subscription, origin.at), origin=origin)
    return Alignment(grant=[*asked.grant, *people.grant], revoke=[*asked.revoke, *people.revoke])


def is_entitled(subscription: Subscription, at: datetime) -> bool:
    """
    Whether its customer has what they subscribed to: while it is paid, and in the grace period.

    A subscription by the seat gives nothing by itself; the people on its seats get it.
    """
    return subscription.seats is None and gives_access(subscription, at)
