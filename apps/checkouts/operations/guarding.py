"""What a buyer may have once only: a subscription, a trial, a discount. Asked before any charge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from apps.checkouts.models import Checkout
from apps.checkouts.trials import active_trial
from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.customers.locks import lock_customer
from apps.discounts.operations import redeem, release_redemption
from apps.processors import gateway
from apps.processors.gateway import TokenPreview
from apps.subscriptions.errors import AlreadyActiveSubscriptionError
from apps.subscriptions.operations import (
    redeem_trial,
    release_trial,
    require_first_trial,
    require_no_other_subscription,
)


def preview_token(
    checkout_id: UUID, changes: Mapping[str, Any], token_id: str | None
) -> TokenPreview | None:
    """
    What the payment form has collected, if the confirmation depends on it; called before it.

    Wallets hide the name field, so the token may know the name: then no answer is no name. Whom a
    card has served before must be known for sure.

    :raises ProcessorUnavailable, PaymentError: if the card must be known and cannot be read.
    """
    if not token_id:
        return None
    checkout = Checkout.objects.select_related("organization", "discount").get(pk=checkout_id)
    needs_card = _depends_on_card(checkout, changes)
    is_named = bool((changes.get("customer_name") or checkout.customer_name or "").strip())
    if is_named and not needs_card:
        return None
    try:
        return gateway.read_confirmation_token(token_id)
    except DomainError:
        if needs_card:
            raise
        return None


def _depends_on_card(checkout: Checkout, changes: Mapping[str, Any]) -> bool:
    if checkout.organization.subscription_settings.get("prevent_trial_abuse"):
        return True
    if changes.get("discount_code"):
        return True
    discount = checkout.discount
    return discount is not None and discount.max_redemptions_per_customer is not None


def require_one_subscription(checkout: Checkout) -> None:
    """
    Pass if what is bought is no subscription, or the buyer may have one more.

    :raises AlreadyActiveSubscriptionError: if there is one, by customer or e-mail.
    """
    if checkout.product is not None and checkout.product.is_recurring:
        require_no_other_subscription(
            organization=checkout.organization,
            customer_id=checkout.customer_id,
            email=checkout.customer_email,
            upgraded_id=checkout.subscription_id,
        )


def require_no_other_confirmation(checkout: Checkout) -> None:
    """
    Pass if the buyer is not paying for another subscription at this very moment.

    The customer stays locked until the transaction ends, so of two confirmations at once one sees
    the other. One that waits for the buyer's bank does not count: they may have left it.

    :raises AlreadyActiveSubscriptionError: if they are.
    """
    organization, product = checkout.organization, checkout.product
    if checkout.customer_id is None or product is None or not product.is_recurring:
        return
    if organization.subscription_settings.get("allow_multiple_subscriptions"):
        return
    lock_customer(checkout.customer_id)
    others = Checkout.objects.for_organization(organization).filter(
        customer_id=checkout.customer_id,
        status=Checkout.Status.CONFIRMED,
        product__recurring_interval__isnull=False,
    )
    waiting = Q(intent_status="requires_action")
    if others.exclude(pk=checkout.pk).exclude(waiting).exists():
        raise AlreadyActiveSubscriptionError
    # Before the lock it may have been about to be made.
    require_one_subscription(checkout)


def take_what_is_limited(checkout: Checkout, fingerprint: str | None, origin: Origin) -> None:
    """
    Take the trial and the discount's use for the buyer: they are theirs from now on.

    :raises TrialAlreadyRedeemed: if they, or their card, had a trial.
    :raises DiscountNotRedeemable: if the discount is over, or its last uses are being taken.
    :raises DiscountRedemptionLimitReached: if they used it as often as one may.
    """
    if active_trial(checkout) is not None:
        require_first_trial(
            organization=checkout.organization,
            customer_id=checkout.customer_id,
            email=checkout.customer_email,
            fingerprint=fingerprint,
            checkout_id=checkout.pk,
        )
        _take_trial(checkout, fingerprint, origin)
    if checkout.discount is None:
        release_redemption(checkout_id=checkout.pk, origin=origin)
        return
    redeem(
        discount=checkout.discount,
        checkout_id=checkout.pk,
        customer=checkout.customer,
        email=checkout.customer_email,
        fingerprint=fingerprint,
        origin=origin,
    )


def give_back_what_is_limited(checkout: Checkout, origin: Origin) -> None:
    """Give back what `take_what_is_limited` took, after an attempt that has failed."""
    release_redemption(checkout_id=checkout.pk, origin=origin)
    release_trial(checkout_id=checkout.pk, origin=origin)


def _take_trial(checkout: Checkout, fingerprint: str | None, origin: Origin) -> None:
    if checkout.customer is None or checkout.product is None:
        return
    redeem_trial(
        organization=checkout.organization,
        customer=checkout.customer,
        product=checkout.product,
        checkout_id=checkout.pk,
        email=checkout.customer_email,
        fingerprint=fingerprint,
        origin=origin,
    )
