"""Benefits of licence keys, and keys that were granted."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

from apps.benefits.models import Benefit, BenefitGrant
from apps.core.ids import new_id
from apps.core.origin import Door, Origin, system_origin
from apps.customers.inputs import CustomerInput
from apps.customers.models import Customer
from apps.customers.operations import create_customer
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations import grant_key
from apps.license_keys.terms import TYPE, read_terms
from apps.organizations.models import Organization

_numbers = count(1)


def make_benefit(
    organization: Organization, *, origin: Origin | None = None, **properties: Any
) -> Benefit:
    """A benefit of licence keys with these properties."""
    return Benefit.objects.create(
        created_at=(origin or system_origin(Door.COMMAND)).at,
        organization=organization,
        type=TYPE,
        description="A key to the program",
        properties=read_terms(properties).properties(),
    )


def limited(limit: int, *, enable_customer_admin: bool = True) -> dict[str, Any]:
    """The properties of activations."""
    return {"limit": limit, "enable_customer_admin": enable_customer_admin}


def make_buyer(organization: Organization) -> Customer:
    """A customer of their own."""
    return create_customer(
        organization=organization,
        data=CustomerInput(email=f"holder{next(_numbers)}@example.com"),
        origin=system_origin(Door.COMMAND),
    )


def make_key(
    organization: Organization,
    *,
    benefit: Benefit | None = None,
    customer: Customer | None = None,
    source: str = "order",
    source_id: UUID | None = None,
    origin: Origin | None = None,
    **properties: Any,
) -> LicenseKey:
    """A key that an order (or a `subscription`) granted."""
    origin = origin or system_origin(Door.COMMAND)
    benefit = benefit or make_benefit(organization, **properties)
    customer = customer or make_buyer(organization)
    grant = BenefitGrant.objects.create(
        organization=organization,
        benefit=benefit,
        customer=customer,
        granted_at=origin.at,
        created_at=origin.at,
        **{f"{source}_id": source_id or new_id()},
    )
    key = grant_key(grant=grant, benefit=benefit, origin=origin)
    grant.properties = {"license_key_id": str(key.pk), "display_key": key.display_key}
    grant.save(update_fields=["properties"])
    return key
