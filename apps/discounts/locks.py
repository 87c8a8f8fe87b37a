"""The row locks of discounts and their redemptions."""

from __future__ import annotations

from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from psycopg.errors import LockNotAvailable

from apps.core.errors import ResourceNotFound
from apps.discounts.errors import DiscountNotRedeemable
from apps.discounts.models import Discount, Redemption


def lock_discount(discount_id: UUID) -> Discount:
    """
    The discount, deleted or not, locked until the transaction ends; waits for whoever holds it.

    :raises ResourceNotFound: if there is none.
    """
    found = _rows().filter(pk=discount_id).first()
    if found is None:
        raise ResourceNotFound
    return found


def lock_last_use(discount_id: UUID) -> Discount:
    """
    The discount, locked without waiting: whoever holds it is taking the last use.

    :raises DiscountNotRedeemable: if somebody does at this moment.
    :raises ResourceNotFound: if there is none.
    """
    try:
        # A savepoint: the refusal leaves the transaction usable.
        with transaction.atomic():
            found = _rows(nowait=True).filter(pk=discount_id).first()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise DiscountNotRedeemable(str(discount_id)) from error
        raise
    if found is None:
        raise ResourceNotFound
    return found


def lock_redemption(checkout_id: UUID) -> Redemption | None:
    """The use of a discount at a checkout, locked until the transaction ends."""
    rows = Redemption.objects.select_for_update(of=("self",))
    return rows.filter(checkout_id=checkout_id).first()


def lock_latest_redemption(subscription_id: UUID, discount_id: UUID) -> Redemption | None:
    """The latest use of a discount directly on a subscription, locked; not that of a checkout."""
    rows = Redemption.objects.select_for_update().filter(
        subscription_id=subscription_id, discount_id=discount_id, checkout_id=None
    )
    return rows.order_by("-created_at", "-pk").first()


def _rows(*, nowait: bool = False) -> QuerySet[Discount]:
    return Discount.objects.select_for_update(of=("self",), no_key=True, nowait=nowait)
