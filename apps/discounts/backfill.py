"""Which currencies fixed discounts lack, and what would be added; reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from apps.catalog.models import Price
from apps.core.exchange import Rates, stored_rates
from apps.discounts.conversion import converted
from apps.discounts.models import Discount
from apps.discounts.selectors import living_discounts, main_currency
from apps.organizations.models import Organization


@dataclass(frozen=True, slots=True)
class MissingAmount:
    """A currency that products are sold in and a discount has no amount for; None: no rate."""

    discount: Discount
    source: str
    source_amount: int
    currency: str
    rate: Decimal | None
    amount: int | None


def missing_amounts(organization: Organization, at: datetime) -> list[MissingAmount]:
    """
    For each fixed discount that is neither deleted nor over, the currencies it lacks.

    Those of its products' catalog prices, or of all products where it is not restricted. The
    amount comes from its main currency.
    """
    rates = stored_rates()
    living = Q(ends_at=None) | Q(ends_at__gte=at)
    discounts = living_discounts(organization).filter(living, type=Discount.Type.FIXED)
    rows = discounts.select_related("organization").prefetch_related("products").order_by("pk")
    sold = _currencies_by_product(organization)
    return [missing for discount in rows for missing in _of(discount, sold, rates)]


def _of(discount: Discount, sold: dict[UUID, set[str]], rates: Rates) -> Iterator[MissingAmount]:
    source, amounts = main_currency(discount), discount.amounts or {}
    products = [product.pk for product in discount.products.all()] or list(sold)
    wanted = set[str]().union(*(sold.get(product, set()) for product in products))
    for currency in sorted(wanted - set(amounts)):
        rate = rates.rate(source, currency)
        amount = None if rate is None else converted(amounts[source], source, currency, rate)
        yield MissingAmount(discount, source, amounts[source], currency, rate, amount)


def _currencies_by_product(organization: Organization) -> dict[UUID, set[str]]:
    prices = Price.objects.filter(
        product__organization=organization,
        product__deleted_at=None,
        product__archived_at=None,
        source=Price.Source.CATALOG,
        archived_at=None,
    )
    sold: dict[UUID, set[str]] = {}
    for product_id, currency in prices.values_list("product_id", "currency").distinct():
        sold.setdefault(product_id, set()).add(currency)
    return sold
