"""The stored secrets of organizations and customers at other services, read and sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from apps.benefits.models import LinkedAccount, ProviderCredential
from apps.benefits.strategies.base import ActionRequired, Work
from apps.core.sealing import seal, unseal

NAMES: Final = {"discord": "Discord", "github": "GitHub"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer's account at a service, with its tokens in the clear."""

    row: LinkedAccount
    access_token: str
    refresh_token: str

    def is_expired(self, at: datetime) -> bool:
        """Whether the access token no longer holds."""
        return self.row.expires_at is not None and self.row.expires_at <= at


def secret_of(organization_id: UUID, provider: str) -> dict[str, str]:
    """
    How the organization signs in.

    :raises ActionRequired: if it has not said.
    """
    row = ProviderCredential.objects.filter(
        organization_id=organization_id, provider=provider
    ).first()
    if row is None:
        raise ActionRequired(f"The organization has not connected {NAMES[provider]} yet.")
    found: dict[str, str] = json.loads(unseal(row.secret, place=credential_place(row)))
    return found


def account_for(work: Work, provider: str) -> Account:
    """
    The account that the grant goes to: the chosen one, else the only one.

    :raises ActionRequired: if the customer has linked none, or several and chosen none.
    """
    rows = LinkedAccount.objects.filter(
        customer=work.customer, member=work.member, provider=provider
    )
    chosen = work.grant.properties.get("account_id")
    if chosen is not None:
        rows = rows.filter(account_id=chosen)
    found = list(rows.order_by("id")[:2])
    if not found:
        raise ActionRequired(f"The customer has to connect their {NAMES[provider]} account first.")
    if len(found) > 1:
        raise ActionRequired(f"The customer has to choose one of their {NAMES[provider]} accounts.")
    return opened(found[0])


def opened(row: LinkedAccount) -> Account:
    """The account with its tokens."""
    tokens: dict[str, Any] = json.loads(unseal(row.secret, place=account_place(row)))
    return Account(
        row=row,
        access_token=tokens.get("access_token") or "",
        refresh_token=tokens.get("refresh_token") or "",
    )


def sealed(values: dict[str, Any], *, place: str) -> str:
    """Values for the `secret` of a row."""
    return seal(json.dumps(values), place=place)


def credential_place(row: ProviderCredential) -> str:
    """Where a credential is sealed for."""
    return f"benefits.credential:{row.pk}"


def account_place(row: LinkedAccount) -> str:
    """Where the tokens of an account are sealed for."""
    return f"benefits.linked_account:{row.pk}"
