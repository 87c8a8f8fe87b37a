"""The row locks of customers."""

from __future__ import annotations

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.customers.models import Customer, SignInCode, StateChange


def lock_customer(customer_id: UUID) -> Customer:
    """
    The customer, deleted or not, locked until the transaction ends.

    :raises ResourceNotFound: if there is none.
    """
    row = (
        Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk=customer_id).first()
    )
    if row is None:
        raise ResourceNotFound()
    return row


def lock_sign_in_code(organization_id: UUID, email: str) -> SignInCode | None:
    """The code that was sent to an address in lower case, locked; None if there is none."""
    rows = SignInCode.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(organization_id=organization_id, email=email).first()


def lock_state_changes(customer_id: UUID) -> list[StateChange]:
    """What merchants are to be told of a customer, but for what somebody else is just telling."""
    rows = StateChange.objects.select_for_update(skip_locked=True)
    return list(rows.filter(customer_id=customer_id).order_by("at"))
