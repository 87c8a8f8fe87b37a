"""Trials that were taken, remembered so that nobody takes a second one under another name."""

from __future__ import annotations

from typing import Any
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
from apps.subscriptions.locks import lock_trial_names
from apps.subscriptions.models import Subscription, TrialRedemption


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
    """
    Remember a trial that is being taken, or has begun, of any product.

    The same checkout again has one redemption still, of whoever and whatever it is for now; a card
    that is no longer known is kept.
    """
    facts: dict[str, Any] = {
        "customer": customer,
        "product": product,
        "email_digest": _email_digest(email),
    }
    if card := _card_digest(fingerprint):
        facts["fingerprint"] = card
    redemption, _ = TrialRedemption.objects.update_or_create(
        checkout_id=checkout_id,
        defaults={**facts, "modified_at": origin.at},
        create_defaults={**facts, "created_at": origin.at, "organization": organization},
    )
    return redemption


@transaction.atomic
def release_trial(*, checkout_id: UUID, origin: Origin) -> bool:
    """
    Forget the trial of a checkout that came to nothing; whether there was one.

    One that has begun stays. The second time changes nothing.
    """
    redemption = TrialRedemption.objects.filter(checkout_id=checkout_id).first()
    if redemption is None:
        return False
    if Subscription.objects.filter(checkout_id=checkout_id, trial_start_at__isnull=False).exists():
        return False
    redemption.delete()
    return True


def require_first_trial(
    *,
    organization: Organization,
    customer_id: UUID | None,
    email: str | None,
    fingerprint: str | None,
    checkout_id: UUID | None = None,
) -> None:
    """
    Pass if nobody with this mailbox or card had a trial, where the organization minds that.

    The checkout at hand does not count. Whoever has one of these names too waits until the
    transaction ends: of two at once, the second sees the first.

    :raises TrialAlreadyRedeemed: if somebody had, of whatever product.
    """
    if not organization.subscription_settings.get("prevent_trial_abuse"):
        return
    mailbox, card = _email_digest(email), _card_digest(fingerprint)
    lock_trial_names(organization.pk, [name for name in (mailbox, card) if name])
    same = Q(customer_id=customer_id) if customer_id is not None else Q()
    if mailbox:
        same |= Q(email_digest=mailbox)
    if card:
        same |= Q(fingerprint=card)
    others = TrialRedemption.objects.for_organization(organization)
    if checkout_id is not None:
        others = others.exclude(checkout_id=checkout_id)
    if same and others.filter(same).exists():
        raise TrialAlreadyRedeemed


def _email_digest(email: str | None) -> str:
    try:
        return keyed_digest("trials.email", unalias_email(email)) if email else ""
    except InvalidEmail:
        return ""


def _card_digest(fingerprint: str | None) -> str:
    return keyed_digest("trials.fingerprint", fingerprint) if fingerprint else ""
