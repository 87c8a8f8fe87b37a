"""Customers who change their own address: whoever reads the new one's mail has to say so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.changes import assign
from apps.core.credentials import new_credential
from apps.core.errors import NotPermitted, ResourceNotFound, Unauthorized, ValidationFailed
from apps.core.origin import Origin
from apps.customers.cleaning import clean_email
from apps.customers.links import email_change_url
from apps.customers.locks import lock_customer
from apps.customers.models import Customer, EmailChange
from apps.customers.operations.saving import save_changes
from apps.customers.operations.sessions import SessionInput, create_customer_session
from apps.customers.selectors import EMAIL_CHANGE_PREFIX, open_email_change
from apps.events.operations import record
from apps.notifications.operations import Occasion, queue_mail
from apps.organizations.defaults import filled
from apps.organizations.tokens import hash_token


@transaction.atomic
def request_email_change(
    *, customer_id: UUID, email: str, expires_at: datetime, origin: Origin
) -> None:
    """
    Write to a new address, to have it confirmed before `expires_at` (machine time).

    Nothing changes until then, and what was asked for before is asked for no more. Whether another
    customer has the address is not told here: `verify_email_change` tells whoever reads its mail.
    Records `customer.email_change_requested`.

    :raises NotPermitted: for a team, and unless the organization lets customers do this.
    :raises ValidationFailed: for an address that cannot be, or is theirs already.
    """
    customer = lock_customer(customer_id)
    if customer.deleted_at is not None:
        raise ResourceNotFound
    _require_allowed(customer)
    wanted = clean_email(email, "body", "email")
    if customer.email is not None and wanted.lower() == customer.email.lower():
        raise ValidationFailed.at("body", "email", msg="This is your address already.", value=email)
    EmailChange.objects.filter(customer=customer).delete()
    token = new_credential(EMAIL_CHANGE_PREFIX)
    change = EmailChange.objects.create(
        created_at=origin.at,
        organization_id=customer.organization_id,
        customer=customer,
        email=wanted,
        token_hash=hash_token(token),
        expires_at=expires_at,
    )
    record(
        "customer.email_change_requested",
        subject=customer,
        organization_id=customer.organization_id,
        origin=origin,
    )
    _write(
        customer,
        "customer_email_change",
        key=str(change.pk),
        recipient=wanted,
        url=email_change_url(customer.organization, token),
        origin=origin,
    )


@transaction.atomic
def verify_email_change(
    *, token: str, now: datetime, session_expires_at: datetime, origin: Origin
) -> str:
    """
    Give a customer the address that was confirmed; the token of a new session of theirs.

    `now` is the machine's time. The token is used up, the former address is written to, and
    `customer.updated` recorded.

    :raises Unauthorized: if the token does not hold: wrong, used, replaced or expired.
    :raises ValidationFailed: if another customer has the address; the token stays good.
    """
    found = open_email_change(token, at=now)
    customer = lock_customer(found.customer_id) if found is not None else None
    # Again, under the lock: another request may have used it meanwhile.
    change = open_email_change(token, at=now)
    if customer is None or change is None:
        raise Unauthorized("This link is not valid any more.")
    former = customer.email
    difference = assign(customer, {"email": change.email, "is_email_verified": True})
    save_changes(customer, difference, origin)
    change.delete()
    if former is not None and former.lower() != change.email.lower():
        _write(
            customer,
            "customer_email_changed",
            key=str(found.pk) if found else "",
            recipient=former,
            origin=origin,
        )
    _, session_token = create_customer_session(
        organization=customer.organization,
        data=SessionInput(customer_id=customer.pk),
        expires_at=session_expires_at,
        origin=origin,
    )
    return session_token


@transaction.atomic
def forget_email_changes(*, origin: Origin) -> int:
    """Delete what has expired by `origin.at`, the machine's time; returns how many."""
    return EmailChange.objects.filter(expires_at__lte=origin.at).delete()[0]


def _require_allowed(customer: Customer) -> None:
    settings = filled("customer_portal_settings", customer.organization.customer_portal_settings)
    if not settings["customer"]["allow_email_change"]:
        raise NotPermitted("The merchant does not let customers change their address.")
    if customer.type != Customer.Type.INDIVIDUAL:
        raise NotPermitted("The address of a team is changed by the merchant.")


def _write(
    customer: Customer,
    kind: str,
    *,
    key: str,
    recipient: str,
    url: str = "",
    origin: Origin,
) -> None:
    queue_mail(
        occasion=Occasion(
            kind=kind,
            key=key,
            organization=customer.organization,
            recipient=recipient,
            customer_id=customer.pk,
            subject_type="customer",
            subject_id=str(customer.pk),
            locale=customer.locale,
            context={"url": url},
        ),
        origin=origin,
    )
