"""Forgetting who filled in a checkout."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from apps.checkouts.models import Checkout
from apps.core.origin import Origin
from apps.customers.models import Customer


@transaction.atomic
def forget_buyer(*, customer: Customer, origin: Origin) -> int:
    """
    Empty the personal fields of the customer's checkouts, and of those that merely name the
    e-mail; returns how many. The tax id stays, as on the orders.

    A checkout that is being paid is left alone: its order is still to be made from it. The second
    time finds the same rows and changes nothing but their time.
    """
    own = Q(customer=customer)
    if customer.email:
        own |= Q(customer_email__iexact=customer.email)
    rows = Checkout.objects.for_organization(customer.organization).filter(own)
    return rows.exclude(status=Checkout.Status.CONFIRMED).update(
        customer_email=None,
        customer_name=None,
        customer_billing_name=None,
        customer_billing_address=None,
        customer_ip_address=None,
        modified_at=origin.at,
    )
