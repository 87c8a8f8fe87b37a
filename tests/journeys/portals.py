"""Customers who drive the running server from outside, with the official SDK."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.customers.models import Customer, Member
from apps.customers.operations import SessionInput, create_customer_session
from apps.organizations.models import Organization
from tests.support.drafts import make_buyer
from tests.support.merchants import make_customer_token
from tests.support.tills import Till


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


@pytest.fixture
def buyer(till: Till) -> Customer:
    return make_buyer(till.merchant.organization)


@pytest.fixture
def portal(till: Till, buyer: Customer, version: str) -> Iterator[Any]:
    with portal_of(buyer, till.url, version) as portal:
        yield portal


def allow(organization: Organization, **settings: Any) -> None:
    """Let customers change these of their subscriptions, and their address."""
    kept = {"subscription": settings, "customer": {"allow_email_change": True}}
    Organization.objects.filter(pk=organization.pk).update(customer_portal_settings=kept)
