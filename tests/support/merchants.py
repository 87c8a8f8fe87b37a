"""A merchant that drives the running server from outside, with the official SDK."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from itertools import count
from typing import Any

import httpx

from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.customers.models import Customer
from apps.customers.operations import SessionInput, create_customer_session
from apps.organizations.models import Organization
from apps.organizations.operations import change_status, create_organization, issue_access_token
from apps.organizations.scopes import GRANTABLE_SCOPES

VERSIONS = ("2026-04", "2026-10", "2027-01")

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Merchant:
    """An active organization with an access token, and the server it talks to."""

    organization: Organization
    token: str
    url: str

    def polar(self, version: str = VERSIONS[0]) -> Any:
        """The SDK's client of a version."""
        module = import_module(f"polar.v{version.replace('-', '_')}")
        return module.Polar(self.token, base_url=self.url, timeout=30)

    def http(self, **headers: str) -> httpx.Client:
        """A plain HTTP client with the token."""
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.token}", **headers},
            timeout=30,
        )


def make_organization(
    name: str = "Acme", *, status: str = "active", **settings: Any
) -> Organization:
    """An organization in a status, through the operations."""
    number = next(_numbers)
    origin = system_origin(Door.COMMAND)
    organization = create_organization(
        name=f"{name} {number}", slug=f"{name.lower()}-{number}", origin=origin, **settings
    )
    if status != Organization.Status.CREATED:
        organization = change_status(organization_id=organization.pk, to=status, origin=origin)
    return organization


def make_token(organization: Organization, scopes: Sequence[str] = GRANTABLE_SCOPES) -> str:
    """The plaintext of a new access token."""
    _, plaintext = issue_access_token(
        organization_id=organization.pk,
        comment="test",
        scopes=scopes,
        origin=system_origin(Door.COMMAND),
    )
    return plaintext


def make_customer_token(customer: Customer) -> str:
    """The plaintext of a new session of a customer, in the person of its owner."""
    _, plaintext = create_customer_session(
        organization=customer.organization,
        data=SessionInput(customer_id=customer.pk),
        expires_at=system_time() + timedelta(hours=1),
        origin=system_origin(Door.COMMAND),
    )
    return plaintext


def make_merchant(url: str, name: str = "Acme", **settings: Any) -> Merchant:
    """A merchant with a token of all scopes."""
    organization = make_organization(name, **settings)
    return Merchant(organization=organization, token=make_token(organization), url=url)
