"""Bringing a deleted customer back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError, ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Change, Plan, Webhook
from apps.customers.locks import lock_customer
from apps.customers.models import Customer
from apps.customers.operations.deletion import EXTERNAL_ID_KEY
from apps.customers.operations.saving import save_unique
from apps.customers.selectors import (
    customer_by_email,
    customer_by_external_id,
)
from apps.events.operations import record


class CustomerNotDeleted(DomainError):
    """The customer is there."""

    status = 409
    message = "The customer is not deleted."


def plan_restore_customer(*, customer_id: UUID, origin: Origin) -> Plan:
    """What `restore_customer` would do; an obstacle if the address belongs to somebody by now."""
    customer = Customer.objects.select_related("organization").filter(pk=customer_id).first()
    if customer is None:
        raise ResourceNotFound
    return _plan(customer)


@transaction.atomic
def restore_customer(*, customer_id: UUID, agreed: str | None = None, origin: Origin) -> Customer:
    """
    The customer, living again, with the members that went with it and, if free, the external id.

    Nothing that ended comes back: no subscription, no benefit. Records `customer.restored`.

    :raises CustomerNotDeleted: the second time.
    :raises PlanImpossible: if it is anonymised, or somebody else has the address by now.
    :raises PlanChanged: if another plan was agreed to.
    """
    customer = lock_customer(customer_id)
    _plan(customer).require(agreed)
    gone_at = customer.deleted_at
    former = customer.metadata.get(EXTERNAL_ID_KEY)
    if former and customer_by_external_id(customer.organization, former) is None:
        customer.external_id = former
        customer.metadata = {
            name: value for name, value in customer.metadata.items() if name != EXTERNAL_ID_KEY
        }
    customer.deleted_at = None
    customer.modified_at = origin.at
    save_unique(customer)
    customer.members.filter(deleted_at=gone_at).update(deleted_at=None, modified_at=origin.at)
    record(
        "customer.restored",
        subject=customer,
        organization_id=customer.organization_id,
        origin=origin,
    )
    return customer


def _plan(customer: Customer) -> Plan:
    if customer.deleted_at is None:
        raise CustomerNotDeleted
    obstacles = []
    if customer.anonymized_at is not None:
        obstacles.append("Nobody knows any more who this was.")
    if customer.email and customer_by_email(customer.organization, customer.email) is not None:
        obstacles.append("Another customer has this address by now: merge what is needed.")
    return Plan(
        title=f"{customer} is a customer again",
        changes=(Change(str(customer), "deleted", "living"),),
        effects=(
            "Subscriptions and benefits that ended with the deletion stay ended.",
            "Whoever acted for the customer may sign in again.",
        ),
        webhooks=(Webhook("customer.updated"),),
        events=("customer.restored",),
        obstacles=tuple(obstacles),
    )
