"""Reads of checkout links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from apps.catalog.companions import benefit_prefetches
from apps.catalog.models import Price, Product
from apps.catalog.pricing import SeatTerms, UnitTerms
from apps.catalog.selectors import listed_price_rows, listed_prices, terms_of
from apps.checkouts.models import LINK_SECRET_PREFIX, CheckoutLink, CheckoutLinkProduct
from apps.core.credentials import is_well_formed
from apps.core.errors import ResourceNotFound
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet

Links = TypeVar("Links", bound=QuerySet[CheckoutLink])

_KINDS: Final = {"seats": Price.Kind.SEAT, "units": Price.Kind.UNIT}


def living_links(organization: Organization) -> TenantQuerySet[CheckoutLink]:
    """The checkout links of an organization that are not deleted."""
    return CheckoutLink.objects.for_organization(organization).living()


def with_offers(links: Links) -> Links:
    """With everything an answer shows, in a fixed number of queries."""
    offers = (
        CheckoutLinkProduct.objects.filter(product__deleted_at=None)
        .select_related("product")
        .order_by("position")
        .prefetch_related(
            Prefetch("product__prices", queryset=listed_price_rows(), to_attr="listed_prices"),
            *benefit_prefetches("product__"),
        )
    )
    return links.select_related("organization", "discount__organization").prefetch_related(
        Prefetch("offers", queryset=offers)
    )


def shown_link(link_id: UUID) -> CheckoutLink:
    """A link just written, as it is shown."""
    return with_offers(CheckoutLink.objects.filter(pk=link_id)).get()


def link_by_secret(secret: str) -> CheckoutLink:
    """
    The living link of an address.

    :raises ResourceNotFound: if there is none.
    """
    if not is_well_formed(secret, LINK_SECRET_PREFIX):
        raise ResourceNotFound
    rows = with_offers(CheckoutLink.objects.living())
    return rows.get_or_refuse(client_secret=secret)


def products_of(link: CheckoutLink) -> list[Product]:
    """What the link offers, in its order; read it through `with_offers`."""
    return [offer.product for offer in link.offers.all()]


def buyable_products(link: CheckoutLink) -> list[Product]:
    """Those that can be bought now: neither archived nor a draft, and with a price."""
    return [product for product in products_of(link) if is_buyable(product)]


def is_buyable(product: Product) -> bool:
    """Whether a link may lead to it."""
    is_hidden = product.is_archived or product.visibility == Product.Visibility.DRAFT
    return not is_hidden and bool(listed_prices(product))


def allow_count(products: Iterable[Product], name: str, count: int) -> bool:
    """Whether every one of the products can be bought in this number of `seats` or `units`."""
    return all(_allows(product, name, count) for product in products)


def _allows(product: Product, name: str, count: int) -> bool:
    prices = [price for price in listed_prices(product) if price.kind == _KINDS[name]]
    return bool(prices) and all(_is_within(price, count) for price in prices)


def _is_within(price: Price, count: int) -> bool:
    terms = terms_of(price)
    if not isinstance(terms, SeatTerms | UnitTerms):
        return False
    maximum = terms.tiers[-1].maximum
    return terms.minimum <= count and (maximum is None or count <= maximum)
