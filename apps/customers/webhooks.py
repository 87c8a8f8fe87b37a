"""What merchants are told of customers."""

from __future__ import annotations

from typing import Any

from apps.customers.api.presenters import present_customer
from apps.customers.models import Customer
from apps.events.models import Event
from apps.webhooks.registry import tell


def register() -> None:
    """Called once, when Django is ready."""
    for name in ("customer.created", "customer.updated", "customer.deleted"):
        tell(name, names=(name,), present=_customer)
    tell("customer.anonymized", names=("customer.updated",), present=_customer)


def _customer(event: Event, version: str) -> Any:
    return present_customer(Customer.objects.get(pk=event.subject_id))
