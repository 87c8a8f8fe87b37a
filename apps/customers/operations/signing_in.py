"""Customers who sign in by a code that is mailed to them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.changes import assign
from apps.core.origin import Origin
from apps.customers.locks import lock_customer, lock_sign_in_code
from apps.customers.models import CustomerSession, Member, SignInCode
from apps.customers.operations.saving import save_changes
from apps.customers.operations.sessions import SessionInput, create_customer_session
from apps.customers.selectors import members_by_email
from apps.events.operations import record
from apps.notifications.operations import Occasion, queue_mail
from apps.organizations.models import Organization
from apps.organizations.tokens import hash_token

# Without those that are taken for one another.
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH: Final = 6


@dataclass(frozen=True, slots=True)
class SignIn:
    """The token of a new session; or, where there are several, the members to choose from."""

    token: str = ""
    choices: list[Member] = field(default_factory=list)


@transaction.atomic
def send_sign_in_code(
    *, organization: Organization, email: str, expires_at: datetime, origin: Origin
) -> None:
    """
    Write a code to an address, good until `expires_at` (machine time) in place of an earlier one.

    Nothing at all for an address that is nobody's; the caller is not told.
    """
    members = members_by_email(organization, email)
    if not members:
        return
    address = email.lower()
    code = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))
    row, _ = SignInCode.objects.update_or_create(
        organization=organization,
        email=address,
        defaults={
            "code_hash": _hash(organization, address, code),
            "tries": 0,
            "expires_at": expires_at,
            "modified_at": origin.at,
        },
        create_defaults={
            "created_at": origin.at,
            "code_hash": _hash(organization, address, code),
            "expires_at": expires_at,
        },
    )
    queue_mail(
        occasion=Occasion(
            kind="customer_sign_in",
            # Not the code: it is a secret, and keys are not.
            key=f"{row.pk}:{secrets.token_hex(8)}",
            organization=organization,
            recipient=members[0].email,
            customer_id=members[0].customer_id,
            subject_type="customer",
            subject_id=str(members[0].customer_id),
            locale=members[0].customer.locale,
            context={"code": code},
        ),
        origin=origin,
    )


@transaction.atomic
def sign_in_with_code(
    *,
    organization: Organization,
    email: str,
    code: str,
    member_id: UUID | None,
    now: datetime,
    session_expires_at: datetime,
    origin: Origin,
) -> SignIn | None:
    """
    A session for whoever has the code that was sent to an address; None for a wrong one.

    Each wrong one is counted. `now` is the machine's time. Where the address is that of several
    members and none is named they are given back, and the code stays good. It is used up
    otherwise, and the customer's address is known to be theirs.
    """
    address = email.lower()
    row = lock_sign_in_code(organization.pk, address)
    if row is None or row.expires_at <= now or row.tries >= SignInCode.MAX_TRIES:
        return None
    if not secrets.compare_digest(row.code_hash, _hash(organization, address, code.upper())):
        SignInCode.objects.filter(pk=row.pk).update(tries=row.tries + 1)
        return None
    members = members_by_email(organization, email)
    chosen = [one for one in members if member_id is None or one.pk == member_id]
    if len(chosen) > 1:
        return SignIn(choices=chosen)
    if not chosen:
        return None
    row.delete()
    _verify(chosen[0], origin)
    _, token = create_customer_session(
        organization=organization,
        data=SessionInput(customer_id=chosen[0].customer_id, member_id=chosen[0].pk),
        expires_at=session_expires_at,
        origin=origin,
    )
    return SignIn(token=token)


@transaction.atomic
def end_customer_session(*, session_id: UUID, origin: Origin) -> None:
    """Sign a customer out; twice is harmless. Records `customer_session.ended`."""
    session = CustomerSession.objects.filter(pk=session_id).first()
    if session is None:
        return
    record(
        "customer_session.ended",
        subject=session,
        organization_id=session.organization_id,
        origin=origin,
        payload={"customer_id": str(session.customer_id), "member_id": str(session.member_id)},
    )
    session.delete()


@transaction.atomic
def forget_sign_in_codes(*, origin: Origin) -> int:
    """Delete what has expired by `origin.at`, the machine's time; returns how many."""
    return SignInCode.objects.filter(expires_at__lte=origin.at).delete()[0]


def _verify(member: Member, origin: Origin) -> None:
    customer = lock_customer(member.customer_id)
    if customer.email is None or customer.email.lower() != member.email.lower():
        return
    difference = assign(customer, {"is_email_verified": True})
    if difference:
        save_changes(customer, difference, origin)


def _hash(organization: Organization, email: str, code: str) -> str:
    return hash_token(f"{organization.pk}:{email}:{code}")
