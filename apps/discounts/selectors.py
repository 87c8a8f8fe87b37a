"""Finding discounts, and whether one may be used."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, Value
from django.db.models.functions import Lower

from apps.catalog.models import Product
from apps.discounts.identity import Digests, digests_of
from apps.discounts.models import Discount, Redemption
from apps.discounts.terms import DiscountTerms, Duration, FixedDiscount, PercentageDiscount
from apps.discounts.usage import was_refunded
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet

Discounts = TypeVar("Discounts", bound=QuerySet[Discount])


def living_discounts(organization: Organization) -> TenantQuerySet[Discount]:
    """The discounts of an organization that are not deleted."""
    return Discount.objects.for_organization(organization).living()


def find_by_code(organization: Organization, code: str) -> Discount | None:
    """The living discount with this code, in any case and with spaces around it."""
    wanted = code.strip()
    if not wanted.isalnum():
        return None
    rows = living_discounts(organization).alias(_code=Lower("code"))
    return rows.filter(_code=Lower(Value(wanted))).first()


def with_products(discounts: Discounts) -> Discounts:
    """With what is shown of a discount, its products among it (one more query)."""
    products = Product.objects.order_by("pk")
    return discounts.select_related("organization").prefetch_related(
        Prefetch("products", queryset=products)
    )


def shown_discount(discount_id: UUID) -> Discount:
    """A discount just written, as it is shown."""
    return with_products(Discount.objects.filter(pk=discount_id)).get()


def main_currency(discount: Discount) -> str:
    """Of a fixed discount: the merchant's usual currency if it has it, else the first by name."""
    usual = discount.organization.default_presentment_currency
    amounts = discount.amounts or {}
    return usual if usual in amounts or not amounts else min(amounts)


def terms_of(discount: Discount) -> DiscountTerms:
    """A stored discount as the pure value that amounts are computed from."""
    duration = Duration(discount.duration)
    if discount.type == Discount.Type.PERCENTAGE:
        return PercentageDiscount(bps=discount.basis_points or 0, duration=duration)
    return FixedDiscount(amounts=discount.amounts or {}, duration=duration)


def is_redeemable(discount: Discount, at: datetime) -> bool:
    """Whether anybody may use it at this time: not deleted, inside its window, not used up."""
    return (
        discount.deleted_at is None
        and (discount.starts_at is None or discount.starts_at <= at)
        and (discount.ends_at is None or at <= discount.ends_at)
        and not is_used_up(discount)
    )


def is_used_up(discount: Discount) -> bool:
    """Whether it was redeemed as often as it may be."""
    limit = discount.max_redemptions
    return limit is not None and discount.redemptions_count >= limit


def is_nearly_used_up(discount: Discount) -> bool:
    """Whether there is one use left at most."""
    limit = discount.max_redemptions
    return limit is not None and discount.redemptions_count + 1 >= limit


def is_applicable(discount: Discount, *, product_id: UUID, currency: str) -> bool:
    """Whether it takes something off this product in this currency; one query at most."""
    if not terms_of(discount).is_applicable(currency):
        return False
    allowed = {product.pk for product in discount.products.all()}
    return not allowed or product_id in allowed


def customer_limit_reached(
    discount: Discount,
    *,
    checkout_id: UUID | None,
    customer_id: UUID | None,
    email: str | None,
    fingerprint: str | None = None,
) -> bool:
    """
    Whether this buyer has used it as often as one may, by customer, mailbox or card.

    The checkout at hand does not count, nor does a use of which every order was refunded.
    """
    limit = discount.max_redemptions_per_customer
    if limit is None:
        return False
    same = _same_buyer(customer_id, digests_of(email, fingerprint))
    if same is None:
        return False
    rows = Redemption.objects.filter(same, discount=discount)
    if checkout_id is not None:
        rows = rows.exclude(checkout_id=checkout_id)
    return rows.alias(_refunded=was_refunded()).filter(_refunded=False).count() >= limit


def redemption_of(checkout_id: UUID) -> Redemption | None:
    """The use of a discount at a checkout."""
    return Redemption.objects.filter(checkout_id=checkout_id).first()


def _same_buyer(customer_id: UUID | None, digests: Digests) -> Q | None:
    conditions = []
    if customer_id is not None:
        conditions.append(Q(customer_id=customer_id))
    if digests.email:
        conditions.append(Q(email_digest=digests.email))
    if digests.fingerprint:
        conditions.append(Q(fingerprint=digests.fingerprint))
    if not conditions:
        return None
    same = conditions[0]
    for condition in conditions[1:]:
        same |= condition
    return same
