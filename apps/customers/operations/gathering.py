"""Many customers at once, by their addresses: for imports."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Lower

from apps.core.origin import Origin
from apps.customers.inputs import CustomerInput
from apps.customers.operations.saving import create_customer
from apps.customers.selectors import living_customers
from apps.organizations.models import Organization


@transaction.atomic
def customers_of_addresses(
    *, organization: Organization, people: Sequence[tuple[str, str | None]], origin: Origin
) -> dict[str, UUID]:
    """
    The ids of customers by address in lower case; who is not there yet is made with their name.

    Names of those who are there stay. Records `customer.created` for each new one.

    :raises ValidationFailed: for an address that cannot be.
    """
    wanted = {email.lower(): (email, name) for email, name in reversed(people)}
    rows = living_customers(organization).annotate(lowered=Lower("email"))
    found = {
        str(email): pk
        for email, pk in rows.filter(lowered__in=list(wanted)).values_list("lowered", "pk")
    }
    for address, (email, name) in wanted.items():
        if address not in found:
            data = CustomerInput(email=email, name=name)
            found[address] = create_customer(organization=organization, data=data, origin=origin).pk
    return found
