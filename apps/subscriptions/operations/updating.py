"""What a merchant notes on a subscription; it moves no money and no date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.metadata import validate_metadata
from apps.core.origin import Origin
from apps.subscriptions.locks import lock_subscription
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import announce, change


@transaction.atomic
def update_subscription_metadata(
    *, subscription_id: UUID, metadata: Mapping[str, Any], origin: Origin
) -> Subscription:
    """
    Replace the metadata, whatever the status. The same again changes nothing.

    Records `subscription.updated`.

    :raises SchemaInvalid: if it is too much, or not plain values.
    """
    subscription = lock_subscription(subscription_id)
    changes = change(subscription, {"metadata": validate_metadata(metadata)}, origin)
    if changes:
        announce(subscription, "subscription.updated", origin=origin, changes=changes)
    return subscription
