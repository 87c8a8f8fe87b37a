"""The discount of a checkout: applied by its merchant, or by the code that the buyer knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.checkouts.models import Checkout
from apps.checkouts.operations.quoting import discount_applies
from apps.core.errors import ValidationFailed
from apps.discounts.errors import DiscountRedemptionLimitReached
from apps.discounts.models import Discount
from apps.discounts.operations import find_by_code
from apps.discounts.selectors import customer_limit_reached, is_redeemable, living_discounts


def choose_discount(checkout: Checkout, changes: Mapping[str, Any], *, at: datetime) -> None:
    """
    Take the discount that `discount_id` or `discount_code` names, or none where it is null.

    A code is only for buyers who may use codes, and asks nothing where it is not named.

    :raises ValidationFailed: for one that is unknown, not to be had now, or does not apply here.
    :raises DiscountRedemptionLimitReached: if this buyer has used it as often as one may.
    """
    if "discount_id" in changes:
        checkout.discount = _by_id(checkout, changes["discount_id"], at)
    if "discount_code" in changes:
        _choose_by_code(checkout, (changes["discount_code"] or "").strip(), at)


def _by_id(checkout: Checkout, discount_id: UUID | None, at: datetime) -> Discount | None:
    if discount_id is None:
        return None
    found = living_discounts(checkout.organization).filter(pk=discount_id).first()
    if found is None:
        raise ValidationFailed.at(
            "body", "discount_id", msg="Discount does not exist.", value=str(discount_id)
        )
    _require_usable(checkout, found, at, field="discount_id", value=str(discount_id))
    return found


def _choose_by_code(checkout: Checkout, code: str, at: datetime) -> None:
    if not checkout.allow_discount_codes:
        if not code:
            return
        raise ValidationFailed.at(
            "body", "discount_code", msg="This checkout takes no discount codes.", value=code
        )
    if not code:
        checkout.discount = None
        return
    found = find_by_code(checkout.organization, code)
    if found is None:
        raise ValidationFailed.at(
            "body", "discount_code", msg="There is no discount with this code.", value=code
        )
    _require_usable(checkout, found, at, field="discount_code", value=code)
    checkout.discount = found


def _require_usable(
    checkout: Checkout, discount: Discount, at: datetime, *, field: str, value: str
) -> None:
    if discount.pk == checkout.discount_id:
        return
    problem = None
    if not is_redeemable(discount, at):
        problem = "This discount cannot be redeemed now."
    elif not discount_applies(checkout, discount):
        problem = "This discount does not apply to what is bought."
    if problem is not None:
        raise ValidationFailed.at("body", field, msg=problem, value=value)
    if customer_limit_reached(
        discount,
        checkout_id=checkout.pk,
        customer_id=checkout.customer_id,
        email=checkout.customer_email,
    ):
        raise DiscountRedemptionLimitReached
