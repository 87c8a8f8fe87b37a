"""Forgetting who filled in a checkout."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Q

from apps.checkouts.models import Checkout
from apps.core.origin import Origin
from apps.customers.models import Customer

# The tax id stays, as on the orders.
_FORGOTTEN: Final = Checkout.PERSONAL - {"customer_tax_id"}


@transaction.atomic
def forget_buyer(*, customer: Customer, origin: Origin) -> int:
    """
    Empty the personal fields of the customer's checkouts, and of those that merely name the
    e-mail; returns how many.

    A checkout that is being paid is left alone, since its order is still to be made from it; see
    `leave_forgotten`. The second time finds the same rows and changes nothing but their time.
    """
    own = Q(customer=customer)
    if customer.email:
        own |= Q(customer_email__iexact=customer.email)
    rows = Checkout.objects.for_organization(customer.organization).filter(own)
    return rows.exclude(status=Checkout.Status.CONFIRMED).update(
        **dict.fromkeys(_FORGOTTEN), modified_at=origin.at
    )


def leave_forgotten(checkout: Checkout) -> None:
    """
    Empty a checkout (not saved) whose payment has ended, if its customer was forgotten meanwhile.
    """
    if checkout.customer is not None and checkout.customer.anonymized_at is not None:
        for name in _FORGOTTEN:
            setattr(checkout, name, None)
