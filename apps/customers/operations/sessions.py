"""Entry to the customer's own pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from apps.core.credentials import is_well_formed, new_credential
from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.customers.models import Customer, CustomerSession, Member
from apps.customers.selectors import (
    SESSION_PREFIX,
    customer_by_external_id,
    living_customers,
    owner_of,
)
from apps.events.operations import record
from apps.organizations.models import Organization
from apps.organizations.tokens import hash_token


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInput:
    """
    For whom: one of the two ids names the customer, one of the others a member if not the owner.

    `return_url` is where a back button leads.
    """

    customer_id: UUID | None = None
    external_customer_id: str | None = None
    member_id: UUID | None = None
    external_member_id: str | None = None
    return_url: str | None = None


@transaction.atomic
def create_customer_session(
    *, organization: Organization, data: SessionInput, expires_at: datetime, origin: Origin
) -> tuple[CustomerSession, str]:
    """
    A new session up to `expires_at` (machine time) and its token, which nothing keeps.

    :raises ValidationFailed: for a customer or member that there is not, or an address that is none
        of the web.
    """
    customer = _customer(organization, data)
    member = _member(customer, data)
    if data.return_url is not None and urlsplit(data.return_url).scheme not in ("http", "https"):
        raise _wrong("return_url", "This must be an address of the web.", data.return_url)
    token = new_credential(SESSION_PREFIX)
    session = CustomerSession.objects.create(
        created_at=origin.at,
        organization=organization,
        customer=customer,
        member=member,
        token_hash=hash_token(token),
        expires_at=expires_at,
        return_url=data.return_url,
    )
    record(
        "customer_session.created",
        subject=session,
        organization_id=organization.pk,
        origin=origin,
        payload={"customer_id": str(customer.pk), "member_id": str(member.pk)},
    )
    return session, token


@transaction.atomic
def close_leaked_session(*, plaintext: str, kind: str, url: str, origin: Origin) -> bool:
    """
    End a session whose token somebody found in public, at `url`; False if it is none of ours.

    The second time it is none of ours any more.
    """
    if not is_well_formed(plaintext, SESSION_PREFIX):
        return False
    rows = CustomerSession.objects.filter(token_hash=hash_token(plaintext))
    session = rows.first()
    if session is None or not rows.delete()[0]:
        return False
    record(
        "customer_session.leaked",
        subject=session,
        organization_id=session.organization_id,
        origin=origin,
        payload={"customer_id": str(session.customer_id), "kind": kind, "url": url},
    )
    return True


@transaction.atomic
def forget_customer_sessions(*, origin: Origin) -> int:
    """Delete what has expired by `origin.at`, the machine's time; returns how many."""
    return CustomerSession.objects.filter(expires_at__lte=origin.at).delete()[0]


def _customer(organization: Organization, data: SessionInput) -> Customer:
    if data.customer_id is not None:
        found = living_customers(organization).filter(pk=data.customer_id).first()
        name, value = "customer_id", str(data.customer_id)
    else:
        value = data.external_customer_id or ""
        found, name = customer_by_external_id(organization, value), "external_customer_id"
    if found is None:
        raise _wrong(name, "There is no such customer.", value)
    return found


def _member(customer: Customer, data: SessionInput) -> Member:
    members = customer.members.filter(deleted_at=None)
    if data.member_id is not None:
        found = members.filter(pk=data.member_id).first()
        name, value = "member_id", str(data.member_id)
    elif data.external_member_id is not None:
        value, name = data.external_member_id, "external_member_id"
        found = members.filter(external_id=value).first()
    else:
        found, name, value = owner_of(customer), "member_id", ""
    if found is None:
        raise _wrong(name, "The customer has no such member.", value)
    return found


def _wrong(name: str, message: str, value: str) -> ValidationFailed:
    return ValidationFailed.at("body", name, msg=message, value=value)
