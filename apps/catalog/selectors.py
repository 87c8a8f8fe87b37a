"""Reading products with their prices."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from apps.catalog.companions import benefit_prefetches
from apps.catalog.field_selectors import field_prefetch
from apps.catalog.models import Price, Product
from apps.catalog.pricing import CustomTerms, FixedTerms, PriceTerms, SeatTerms, UnitTerms
from apps.catalog.tiers import Tier, TierType
from apps.catalog.usage import is_used
from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, Prepared, one_of
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet

Products = TypeVar("Products", bound=QuerySet[Product])


def living_products(organization: Organization) -> TenantQuerySet[Product]:
    """The products of an organization that are not deleted, archived ones included."""
    return Product.objects.for_organization(organization).filter(deleted_at=None)


def listed_price_rows() -> QuerySet[Price]:
    """The prices of the catalog that are in force, in the order of their making."""
    return Price.objects.filter(source=Price.Source.CATALOG, archived_at=None).order_by("id")


def with_offer(products: Products) -> Products:
    """What is shown of products: `listed_prices`, benefits, questions (a query each), `is_used`."""
    return products.annotate(is_used=is_used()).prefetch_related(
        Prefetch("prices", queryset=listed_price_rows(), to_attr="listed_prices"),
        *benefit_prefetches(),
        field_prefetch(),
    )


_priced = Prepared(
    lambda value: Product.objects.filter(one_of("id", value), deleted_at=None).prefetch_related(
        Prefetch("prices", queryset=listed_price_rows(), to_attr="listed_prices")
    ),
    mark=ID_MARK,
)


def priced_products(organization: Organization, ids: Sequence[UUID]) -> dict[UUID, Product]:
    """Those of the ids that are living products of the organization, with `listed_prices`."""
    found = _priced.rows(list(ids))
    return {row.pk: row for row in found if row.organization_id == organization.pk}


_shown: Prepared[Product] = Prepared(
    lambda value: Product.objects.filter(one_of("id", value)).prefetch_related(
        Prefetch("prices", queryset=listed_price_rows(), to_attr="listed_prices"),
        *benefit_prefetches(),
    ),
    mark=ID_MARK,
)
_in_store: Prepared[Product] = Prepared(
    lambda value: (
        Product.objects.filter(
            organization=value,
            visibility=Product.Visibility.PUBLIC,
            archived_at=None,
            deleted_at=None,
        )
        .order_by("-created_at", "-id")
        .prefetch_related(
            Prefetch("prices", queryset=listed_price_rows(), to_attr="listed_prices"),
            *benefit_prefetches(),
        )
    ),
    mark=ID_MARK,
)
_merchants = Prepared(lambda value: Organization.objects.filter(slug=value, deleted_at=None))


def products_by_id(ids: Sequence[UUID]) -> dict[UUID, Product]:
    """Products as buyers see them, archived and deleted ones too: prices, benefits. 3 queries."""
    return {row.pk: row for row in _shown.rows(list(ids))} if ids else {}


def storefront(slug: str) -> tuple[Organization, list[Product]]:
    """
    The living organization that is called so in addresses, and what everybody may buy of it.

    The newest first, as `products_by_id` reads them.

    :raises ResourceNotFound: if there is none.
    """
    organization = _merchants.first(slug)
    if organization is None:
        raise ResourceNotFound
    return organization, _in_store.rows(organization.pk)


def listed_prices(product: Product) -> Sequence[Price]:
    """The catalog prices in force: those read with the product, else by a query."""
    known = getattr(product, "listed_prices", None)
    return known if known is not None else list(listed_price_rows().filter(product=product))


def shown_product(product_id: UUID) -> Product:
    """A product just written, as it is shown."""
    return with_offer(Product.objects.filter(pk=product_id)).get()


def terms_of(price: Price) -> PriceTerms:
    """A stored price as the pure value that amounts are computed from."""
    match price.kind:
        case Price.Kind.CUSTOM:
            return CustomTerms(
                minimum_amount=price.minimum_amount or 0,
                maximum_amount=price.maximum_amount,
                preset_amount=price.preset_amount,
            )
        case Price.Kind.SEAT:
            return SeatTerms(tier_type=_tier_type(price), tiers=_tiers(price))
        case Price.Kind.UNIT:
            return UnitTerms(
                tier_type=_tier_type(price),
                tiers=_tiers(price),
                minimum_units=price.minimum_units,
            )
        case _:
            return FixedTerms(amount=price.fixed_amount or 0)


def _tier_type(price: Price) -> TierType:
    return TierType(price.tier_type or TierType.VOLUME)


def _tiers(price: Price) -> tuple[Tier, ...]:
    return tuple(
        Tier(
            minimum=row["minimum"],
            maximum=row["maximum"],
            unit_amount=Decimal(row["unit_amount"]),
        )
        for row in price.tiers or ()
    )
