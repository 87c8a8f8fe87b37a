"""Deleting customers, and forgetting who they were."""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.customers.locks import lock_customer
from apps.customers.models import Customer, EmailChange
from apps.customers.operations.members import remove_members
from apps.customers.precedence import lock_what_comes_first
from apps.events.operations import record

# No mail is ever sent there; clients know an anonymised customer by it.
ANONYMIZED_DOMAIN: Final = "anonymized.polar.sh"
EXTERNAL_ID_KEY: Final = "__external_id"
ANONYMIZED_AT_KEY: Final = "__anonymized_at"


@transaction.atomic
def delete_customer(*, customer_id: UUID, anonymize: bool = False, origin: Origin) -> Customer:
    """
    The customer, deleted: e-mail and external id are free again, orders stay.

    The external id is kept in the metadata; members are deleted too, and signed out. With
    `anonymize`, e-mail and names, also those of the members, become hashes and the address goes;
    the tax id stays, and with it the name, since invoices need both. The second time changes
    nothing; a deleted customer can be anonymised later.
    """
    lock_what_comes_first(customer_id)
    customer = lock_customer(customer_id)
    if customer.deleted_at is None:
        end_customer(customer, origin)
    if anonymize and customer.anonymized_at is None:
        _anonymize(customer, origin)
    return customer


def end_customer(customer: Customer, origin: Origin) -> None:
    """Delete a locked customer that is living; see `delete_customer`."""
    if customer.external_id is not None:
        customer.metadata = {**customer.metadata, EXTERNAL_ID_KEY: customer.external_id}
        customer.external_id = None
    customer.deleted_at = origin.at
    customer.modified_at = origin.at
    customer.save(update_fields=["metadata", "external_id", "deleted_at", "modified_at"])
    remove_members(customer, origin)
    customer.sessions.all().delete()
    EmailChange.objects.filter(customer=customer).delete()
    record(
        "customer.deleted",
        subject=customer,
        organization_id=customer.organization_id,
        origin=origin,
    )


def _anonymize(customer: Customer, origin: Origin) -> None:
    # First: whoever listens learns from the row whom to forget, and the event keeps nothing of it.
    record(
        "customer.anonymized",
        subject=customer,
        organization_id=customer.organization_id,
        origin=origin,
    )
    if customer.email is not None:
        customer.email = _hashed_email(customer, customer.email)
    if customer.name and not customer.tax_id:
        customer.name = _hashed(customer, customer.name)
    if customer.billing_name:
        customer.billing_name = _hashed(customer, customer.billing_name)
    customer.billing_address = None
    customer.is_email_verified = False
    customer.metadata = {**customer.metadata, ANONYMIZED_AT_KEY: origin.at.isoformat()}
    customer.anonymized_at = origin.at
    customer.modified_at = origin.at
    customer.save()
    for member in customer.members.all():
        member.email = _hashed_email(customer, member.email)
        member.name = _hashed(customer, member.name) if member.name else None
        member.save(update_fields=["email", "name"])


def _hashed_email(customer: Customer, email: str) -> str:
    return f"{_hashed(customer, email)}@{ANONYMIZED_DOMAIN}"


def _hashed(customer: Customer, value: str) -> str:
    """Salted by the time of making, so that the same address elsewhere hashes differently."""
    return hashlib.sha256(f"{customer.created_at.isoformat()}{value}".encode()).hexdigest()
