"""Telling merchants that the state of a customer changed: once, when it has come to rest."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.ids import new_id
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.core.rows import insert_row
from apps.customers.locks import lock_customer, lock_state_changes
from apps.customers.models import StateChange
from apps.customers.quiet import QUIET, due_at
from apps.events.operations import record
from apps.webhooks.selectors import listening_endpoints

STATE_CHANGED = "customer.state_changed"


def note_state_change(*, customer_id: UUID, organization_id: UUID, origin: Origin) -> bool:
    """
    Owe merchants the state of a customer, told by `announce_state` a little later.

    Belongs to the transaction of the change. Nothing is owed, and False given back, where no
    endpoint of the organization asks for it.
    """
    if not any(STATE_CHANGED in row.events for row in listening_endpoints(organization_id)):
        return False
    insert_row(
        StateChange(
            id=new_id(), organization_id=organization_id, customer_id=customer_id, at=origin.at
        )
    )
    enqueue(
        "customers.announce_state",
        queue="low",
        countdown=QUIET.total_seconds(),
        customer_id=str(customer_id),
    )
    return True


@transaction.atomic
def announce_state(*, customer_id: UUID, origin: Origin) -> bool:
    """
    Record `customer.state_changed` if changes are owed and have come to rest by `origin.at`.

    Whether it did. What changes meanwhile is owed anew; two at once tell one after the other.
    """
    customer = lock_customer(customer_id)
    owed = lock_state_changes(customer_id)
    if not owed or origin.at < due_at([one.at for one in owed]):
        return False
    StateChange.objects.filter(pk__in=[one.pk for one in owed]).delete()
    record(
        STATE_CHANGED,
        subject=customer,
        organization_id=customer.organization_id,
        origin=origin,
        payload={"change_count": len(owed)},
    )
    return True
