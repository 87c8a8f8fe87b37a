"""Reads of checkouts across tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from apps.catalog.companions import benefit_prefetches
from apps.catalog.field_selectors import field_prefetch
from apps.catalog.models import Price
from apps.catalog.selectors import listed_price_rows, listed_prices
from apps.checkouts.errors import ExpiredCheckoutError
from apps.checkouts.models import CLIENT_SECRET_PREFIX, Checkout, CheckoutProduct
from apps.checkouts.offers import Offer
from apps.core.credentials import is_well_formed
from apps.core.errors import NotPermitted, ResourceNotFound
from apps.organizations.clocks import Clock, clocks


def presentable_checkouts() -> QuerySet[Checkout]:
    """Checkouts with everything an answer shows, in a fixed number of queries."""
    offers = (
        CheckoutProduct.objects.select_related("product")
        .order_by("position")
        .prefetch_related(
            Prefetch("product__prices", queryset=listed_price_rows(), to_attr="listed_prices"),
            *benefit_prefetches("product__"),
            field_prefetch("product__"),
            Prefetch("ad_hoc_prices", queryset=Price.objects.order_by("id")),
        )
    )
    return Checkout.objects.select_related(
        "organization", "product", "price", "customer", "discount__organization"
    ).prefetch_related(Prefetch("offers", queryset=offers))


def offers_of(checkout: Checkout) -> list[Offer]:
    """
    What the checkout offers, in its order; ad-hoc prices stand in for those of the catalog.

    Read once for a row: what a checkout offers stays the same.
    """
    known: list[Offer] | None = getattr(checkout, "_kept_offers", None)
    if known is not None:
        return known
    row = checkout
    if "offers" not in getattr(checkout, "_prefetched_objects_cache", {}):
        row = presentable_checkouts().get(pk=checkout.pk)
    offers = [
        Offer(
            product=link.product,
            prices=list(link.ad_hoc_prices.all()) or listed_prices(link.product),
        )
        for link in row.offers.all()
    ]
    return keep_offers(checkout, offers)


def keep_offers(checkout: Checkout, offers: list[Offer]) -> list[Offer]:
    """Have the row know what it offers, so that nobody reads it again."""
    checkout._kept_offers = offers  # type: ignore[attr-defined]
    return offers


def prices_of(checkout: Checkout) -> list[Price]:
    """
    What is bought together: the prices that were chosen, even if the catalog has others by now.

    Those still offered are not read again.
    """
    if checkout.price is None:
        return []
    ids = checkout.price_ids or [str(checkout.price.pk)]
    known = {str(checkout.price.pk): checkout.price}
    if any(key not in known for key in ids):
        known |= {str(price.pk): price for offer in offers_of(checkout) for price in offer.prices}
    missing = [key for key in ids if key not in known]
    if missing:
        known |= {str(price.pk): price for price in Price.objects.filter(pk__in=missing)}
    return [known[key] for key in ids]


def checkout_by_secret(secret: str, *, at: datetime) -> Checkout:
    """
    The checkout of a buyer's secret, as of the machine's time `at`.

    :raises ResourceNotFound: if there is none.
    :raises ExpiredCheckoutError: once its time is over and nothing was bought.
    :raises NotPermitted: while the organization may not use the API.
    """
    if not is_well_formed(secret, CLIENT_SECRET_PREFIX):
        raise ResourceNotFound
    checkout = presentable_checkouts().filter(client_secret=secret).first()
    if checkout is None:
        raise ResourceNotFound
    if is_over(checkout, at=at + checkout.organization.clock_offset):
        raise ExpiredCheckoutError
    if not checkout.organization.can("api_access"):
        raise NotPermitted
    return checkout


def is_over(checkout: Checkout, *, at: datetime) -> bool:
    """Whether the time of a checkout that nothing came of is over at `at`, its clock's time."""
    if checkout.status == Checkout.Status.OPEN:
        return checkout.expires_at <= at
    return checkout.status == Checkout.Status.EXPIRED


def expired_checkout_ids(clock: Clock, *, limit: int) -> list[UUID]:
    """Open checkouts whose time is over by a clock, the earliest first."""
    rows = _by(clock, Checkout.objects.filter(status=Checkout.Status.OPEN))
    found = rows.filter(expires_at__lte=clock.at).order_by("expires_at")
    return list(found.values_list("pk", flat=True)[:limit])


def unsettled_checkout_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Confirmed checkouts to be looked after by the machine's time `at`, by each test clock."""
    found: list[UUID] = []
    for clock in clocks(at):
        rows = _by(clock, Checkout.objects.filter(status=Checkout.Status.CONFIRMED))
        due = rows.filter(next_check_at__lte=clock.at).order_by("next_check_at")
        found += due.values_list("pk", flat=True)[:limit]
    return found[:limit]


def _by(clock: Clock, rows: QuerySet[Checkout]) -> QuerySet[Checkout]:
    """Those of the organizations that live by the clock."""
    if clock.organization_id is None:
        return rows.filter(organization__clock_offset=timedelta())
    return rows.filter(organization_id=clock.organization_id)
