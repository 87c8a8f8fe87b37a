"""Trials that were taken, remembered so that nobody takes a second one under another name."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.catalog.models import Product
from apps.core.addresses import InvalidEmail, unalias_email
from apps.core.digests import keyed_digest
from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.organizations.models import Organization
from apps.subscriptions.errors import TrialAlreadyRedeemed
from apps.subscriptions.models import TrialRedemption


@transaction.atomic
def redeem_trial(
    *,
    organization: Organization,
    customer: Customer,
    product: Product,
    checkout_id: UUID,
    email: str | None,
    fingerprint: str | None,
    origin: Origin,
) -> TrialRedemption:
    """Remember a trial that has begun, of any product. The same checkout again changes nothing."""
    redemption, _ = TrialRedemption.objects.get_or_create(
        checkout_id=checkout_id,
        defaults={
            "created_at": origin.at,
            "organization": organization,
            "customer": customer,
            "product": product,
            "email_digest": _email_digest(email),
            "fingerprint": _card_digest(fingerprint),
        },
    )
    return redemption


def require_first_trial(
    *,
    organization: Organization,
    customer_id: UUID | None,
    email: str | None,
    fingerprint: str | None,
) -> None:
    """
    Pass if nobody with this mailbox or card had a trial, where the organization minds that.

    :raises TrialAlreadyRedeemed: if somebody had, of whatever product.
    """
    if not organization.subscription_settings.get("prevent_trial_abuse"):
        return
    same = Q(customer_id=customer_id) if customer_id is not None else Q()
    if digest := _email_digest(email):
        same |= Q(email_digest=digest)
    if digest := _card_digest(fingerprint):
        same |= Q(fingerprint=digest)
    if same and TrialRedemption.objects.for_organization(organization).filter(same).exists():
        raise TrialAlreadyRedeemed


def _email_digest(email: str | None) -> str:
    try:
        return keyed_digest("trials.email", unalias_email(email)) if email else ""
    except InvalidEmail:
        return ""


def _card_digest(fingerprint: str | None) -> str:
    return keyed_digest("trials.fingerprint", fingerprint) if fingerprint else ""
