"""What seats are told of the subscription that they are of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.seats.containers import Container
from apps.subscriptions.dunning import has_access
from apps.subscriptions.models import Subscription


def find_container(subscription_id: UUID, at: datetime) -> Container:
    """
    A subscription by the seat, as it stands.

    :raises ResourceNotFound: if there is none, or it is not priced by the seat.
    """
    rows = Subscription.objects.select_related("organization", "customer", "product")
    found = rows.filter(pk=subscription_id).first()
    if found is None:
        raise ResourceNotFound
    return container_of(found, at)


def container_of(subscription: Subscription, at: datetime) -> Container:
    """
    The same for a row that was read; nobody keeps a seat of one that gives nothing.

    :raises ResourceNotFound: if it is not priced by the seat.
    """
    if subscription.seats is None:
        raise ResourceNotFound
    return Container(
        organization=subscription.organization,
        customer=subscription.customer,
        product=subscription.product,
        seat_count=subscription.seats,
        gives=gives_access(subscription, at),
        keeps=False,
        subscription_id=subscription.pk,
    )


def gives_access(subscription: Subscription, at: datetime) -> bool:
    """Whether whoever has it may use it: while it is paid, and in the grace period."""
    return has_access(
        subscription.status,
        subscription.past_due_at,
        subscription.organization.subscription_settings,
        at=at,
    )
