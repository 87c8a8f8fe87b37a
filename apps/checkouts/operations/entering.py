"""Buyers who go on to the merchant's portal from their checkout."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.checkouts.models import Checkout
from apps.core.origin import Origin
from apps.customers.operations import SessionInput, create_customer_session
from apps.customers.selectors import owner_of


@transaction.atomic
def open_portal(*, checkout: Checkout, expires_at: datetime, origin: Origin) -> str | None:
    """
    The token of a session of the buyer up to `expires_at` (machine time); each call opens another.

    None where the buyer is known by their e-mail alone: whoever merely types an address shall not
    see what its owner has bought. None as well while it is not known who buys.
    """
    customer = checkout.customer
    if customer is None or checkout.is_customer_matched_by_email or owner_of(customer) is None:
        return None
    _, token = create_customer_session(
        organization=checkout.organization,
        data=SessionInput(customer_id=customer.pk),
        expires_at=expires_at,
        origin=origin,
    )
    return token
