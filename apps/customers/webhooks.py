"""What merchants are told of customers and their members."""

from __future__ import annotations

from typing import Any

from apps.customers.api.presenters import present_customer, present_customer_state, present_member
from apps.customers.models import Customer, Member
from apps.events.models import Event
from apps.webhooks.registry import tell


def register() -> None:
    """Called once, when Django is ready."""
    for name in ("customer.created", "customer.updated", "customer.deleted"):
        tell(name, names=(name,), present=_customer)
    for name in ("customer.anonymized", "customer.restored", "customer.merged"):
        tell(name, names=("customer.updated",), present=_customer)
    tell("customer.state_changed", names=("customer.state_changed",), present=_state)
    for name in ("member.created", "member.updated", "member.deleted"):
        tell(name, names=(name,), present=_member)


def _customer(event: Event, version: str) -> Any:
    return present_customer(Customer.objects.get(pk=event.subject_id))


def _state(event: Event, version: str) -> Any:
    return present_customer_state(Customer.objects.get(pk=event.subject_id))


def _member(event: Event, version: str) -> Any:
    return present_member(Member.objects.get(pk=event.subject_id))
