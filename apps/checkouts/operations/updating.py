"""Changes of an open checkout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.checkouts.errors import NotOpenCheckout
from apps.checkouts.locks import lock_open_checkout
from apps.checkouts.models import Checkout
from apps.checkouts.operations.changing import apply_changes
from apps.checkouts.operations.quoting import requote
from apps.checkouts.selectors import is_over
from apps.core.origin import Origin
from apps.events.operations import record

_REPORTED = (
    "product_id",
    "currency",
    "amount",
    "discount_id",
    "net_amount",
    "tax_amount",
    "seats",
    "units",
    "customer_email",
)


@transaction.atomic
def update_checkout(*, checkout_id: UUID, changes: Mapping[str, Any], origin: Origin) -> Checkout:
    """
    Change an open checkout and compute its amounts anew. `changes` has the API's field names.

    :raises CheckoutLocked: while another request works on it.
    :raises NotOpenCheckout: once it is being paid, was paid or has expired.
    :raises ValidationFailed: for what cannot be; nothing is changed then.
    :raises DiscountRedemptionLimitReached: if the buyer has used a discount as often as one may.
    """
    checkout = lock_open_checkout(checkout_id)
    if is_over(checkout, at=origin.at):
        raise NotOpenCheckout
    before = {name: _plain(getattr(checkout, name)) for name in _REPORTED}
    apply_changes(checkout, changes, at=origin.at)
    checkout.modified_at = origin.at
    requote(checkout)
    checkout.save()
    after = {name: _plain(getattr(checkout, name)) for name in _REPORTED}
    record(
        "checkout.updated",
        subject=checkout,
        organization_id=checkout.organization_id,
        origin=origin,
        changes={
            name: (before[name], after[name]) for name in after if before[name] != after[name]
        },
    )
    return checkout


@transaction.atomic
def mark_checkout_opened(*, checkout_id: UUID, origin: Origin) -> None:
    """Note when the buyer first saw the page. Later visits change nothing."""
    unseen = Checkout.objects.filter(pk=checkout_id, opened_at=None)
    unseen.update(opened_at=origin.at)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
