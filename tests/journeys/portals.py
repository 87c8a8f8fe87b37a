"""Customers who drive the running server from outside, with the official SDK."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any

from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.customers.models import Customer, Member
from apps.customers.operations import SessionInput, create_customer_session
from tests.support.merchants import make_customer_token


@contextmanager
def portal_of(
    customer: Customer, url: str, version: str = "2027-01", token: str = ""
) -> Iterator[Any]:
    """The SDK's client, in the name of a customer."""
    module = import_module(f"polar.v{version.replace('-', '_')}")
    token = token or make_customer_token(customer)
    with module.Polar(token, base_url=url, timeout=30) as client:
        yield client


def member_token(customer: Customer, role: str = Member.Role.MEMBER) -> str:
    """The token of a session of another member of a customer."""
    origin = system_origin(Door.COMMAND)
    member = Member.objects.create(
        created_at=origin.at,
        organization=customer.organization,
        customer=customer,
        email=f"{role}-{customer.pk.hex[:8]}@example.com",
        role=role,
    )
    _, token = create_customer_session(
        organization=customer.organization,
        data=SessionInput(customer_id=customer.pk, member_id=member.pk),
        expires_at=system_time() + timedelta(hours=1),
        origin=origin,
    )
    return token
