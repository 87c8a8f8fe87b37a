"""Which customer a buyer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.core.changes import assign
from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.customers.cleaning import clean_address, clean_tax_id
from apps.customers.inputs import CustomerInput
from apps.customers.locks import lock_customer
from apps.customers.models import Customer
from apps.customers.operations.saving import create_customer, save_changes
from apps.customers.selectors import customer_by_email, customer_by_external_id
from apps.organizations.models import Organization


@transaction.atomic
def match_buyer(
    *,
    organization: Organization,
    email: str,
    external_id: str | None = None,
    name: str | None = None,
    billing_name: str | None = None,
    billing_address: Mapping[str, Any] | None = None,
    tax_id: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    origin: Origin,
) -> tuple[Customer, bool]:
    """
    The customer a buyer is, found or made, and whether only the e-mail says so.

    The merchant's own id decides, then the e-mail among the living; otherwise the customer is
    new. Whoever merely knows an address must not get into that customer's portal, which is what
    the second value is for. A known customer's name is filled in but never overwritten; billing
    data given now replaces the old; metadata is merged. `tax_id` is a number, or one already
    checked with its format. Twice gives the same customer.

    :raises ValidationFailed: if the external id belongs to a customer with another address, or
        a value is wrong.
    """
    number = tax_id if isinstance(tax_id, str) or tax_id is None else tax_id[0]
    found, is_by_email = _found(organization, email, external_id)
    if found is None:
        data = CustomerInput(
            email=email,
            external_id=external_id,
            name=name,
            billing_name=billing_name,
            billing_address=billing_address,
            tax_id=number,
            metadata=metadata or {},
        )
        try:
            with transaction.atomic():
                return create_customer(organization=organization, data=data, origin=origin), False
        except ValidationFailed:
            # Somebody else may have made the same customer in the meantime.
            found, is_by_email = _found(organization, email, external_id)
            if found is None:
                raise
    customer = lock_customer(found.pk)
    values: dict[str, Any] = {}
    if name and not customer.name and customer.type == Customer.Type.INDIVIDUAL:
        values["name"] = name
    if billing_name:
        values["billing_name"] = billing_name
    if billing_address:
        values["billing_address"] = clean_address(
            billing_address, "body", "customer_billing_address"
        )
    if number:
        address = values.get("billing_address", customer.billing_address)
        values["tax_id"] = clean_tax_id(number, address)
    if metadata:
        values["metadata"] = {**customer.metadata, **metadata}
    difference = assign(customer, values)
    if difference:
        save_changes(customer, difference, origin)
    return customer, is_by_email


def _found(
    organization: Organization, email: str, external_id: str | None
) -> tuple[Customer | None, bool]:
    if external_id:
        customer = customer_by_external_id(organization, external_id)
        if customer is not None:
            if customer.email is not None and customer.email.lower() != email.strip().lower():
                raise ValidationFailed.at(
                    "body",
                    "customer_email",
                    msg="This external customer ID belongs to another e-mail address.",
                    value=email,
                )
            return customer, False
    customer = customer_by_email(organization, email.strip())
    return customer, customer is not None
