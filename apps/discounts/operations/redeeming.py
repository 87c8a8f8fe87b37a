"""Uses of a discount: taken when a checkout is confirmed, given back when its payment fails."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from apps.core.origin import Origin
from apps.customers.models import Customer
from apps.discounts.errors import (
    DiscountNotRedeemable,
    DiscountRedemptionLimitReached,
    RedemptionElsewhere,
)
from apps.discounts.identity import digests_of
from apps.discounts.locks import (
    lock_discount,
    lock_last_use,
    lock_latest_redemption,
    lock_redemption,
)
from apps.discounts.models import Discount, Redemption
from apps.discounts.selectors import customer_limit_reached, is_nearly_used_up, is_redeemable


@transaction.atomic
def redeem(
    *,
    discount: Discount,
    checkout_id: UUID | None = None,
    customer: Customer | None,
    email: str | None,
    fingerprint: str | None = None,
    subscription_id: UUID | None = None,
    origin: Origin,
) -> Redemption:
    """
    Use a discount at a checkout, or directly on a subscription; to be called before any charge.

    The discount stays locked until the transaction ends: others wait, but not for its last use,
    which they would not get. A checkout has one use: the same discount again keeps it, another
    one takes its place.

    :raises DiscountNotRedeemable: if it may not be used now, or its last uses are being taken.
    :raises DiscountRedemptionLimitReached: if this buyer has used it as often as one may.
    """
    former = lock_redemption(checkout_id) if checkout_id else None
    if former is not None and former.discount_id != discount.pk:
        _give_back(former)
        former = None
    current = _locked(discount)
    if former is None and not is_redeemable(current, origin.at):
        raise DiscountNotRedeemable(str(discount.pk))
    if customer_limit_reached(
        current,
        checkout_id=checkout_id,
        customer_id=customer.pk if customer else None,
        email=email,
        fingerprint=fingerprint,
    ):
        raise DiscountRedemptionLimitReached
    digests = digests_of(email, fingerprint)
    if former is not None:
        former.customer = customer
        former.email_digest, former.fingerprint = digests.email, digests.fingerprint
        former.modified_at = origin.at
        former.save()
        return former
    current.redemptions_count += 1
    current.save(update_fields=["redemptions_count"])
    return Redemption.objects.create(
        discount=current,
        customer=customer,
        checkout_id=checkout_id,
        subscription_id=subscription_id,
        email_digest=digests.email,
        fingerprint=digests.fingerprint,
        created_at=origin.at,
    )


@transaction.atomic
def release_redemption(*, checkout_id: UUID, origin: Origin) -> bool:
    """
    Give back the use of a discount at a checkout whose payment has failed; whether there was one.

    A use that has become part of a subscription stays. The second time changes nothing.
    """
    redemption = lock_redemption(checkout_id)
    if redemption is None or redemption.subscription_id is not None:
        return False
    _give_back(redemption)
    return True


@transaction.atomic
def release_subscription_redemption(
    *, subscription_id: UUID, discount_id: UUID, origin: Origin
) -> bool:
    """
    Give back the latest use of a discount for a change of a subscription that is not made.

    Whether there was one; the use of the checkout that began the subscription stays.
    """
    redemption = lock_latest_redemption(subscription_id, discount_id)
    if redemption is None:
        return False
    _give_back(redemption)
    return True


@transaction.atomic
def attach_redemption(
    *, checkout_id: UUID, subscription_id: UUID, origin: Origin
) -> Redemption | None:
    """
    Tell a use of a discount which subscription came of it; None if the checkout has none.

    The second time changes nothing.

    :raises RedemptionElsewhere: if it belongs to another subscription.
    """
    redemption = lock_redemption(checkout_id)
    if redemption is None or redemption.subscription_id == subscription_id:
        return redemption
    if redemption.subscription_id is not None:
        raise RedemptionElsewhere
    redemption.subscription_id = subscription_id
    redemption.modified_at = origin.at
    redemption.save(update_fields=["subscription_id", "modified_at"])
    return redemption


def _locked(discount: Discount) -> Discount:
    """
    The discount as it is now, locked.

    One lock for all of a buyer's names: their e-mail, their card, each of their customers.
    """
    if is_nearly_used_up(Discount.objects.get(pk=discount.pk)):
        return lock_last_use(discount.pk)
    return lock_discount(discount.pk)


def _give_back(redemption: Redemption) -> None:
    redemption.delete()
    Discount.objects.filter(pk=redemption.discount_id).update(
        redemptions_count=Greatest(F("redemptions_count") - 1, 0)
    )
