"""What is shown beside subscriptions, read for a whole page at once: a few queries, of any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from apps.catalog.companions import benefit_prefetches
from apps.catalog.field_selectors import field_prefetch
from apps.catalog.models import Price, Product
from apps.core.prepared import ID_MARK, Prepared, one_of
from apps.discounts.models import Discount
from apps.subscriptions.models import PendingUpdate, Subscription, SubscriptionPrice

_products = Prepared(
    lambda value: Product.objects.filter(one_of("id", value)).prefetch_related(
        *benefit_prefetches(), field_prefetch()
    ),
    mark=ID_MARK,
)
_discounts = Prepared(lambda value: Discount.objects.filter(one_of("id", value)), mark=ID_MARK)
_links = Prepared(
    lambda value: SubscriptionPrice.objects.filter(one_of("subscription_id", value)).order_by(
        "position", "id"
    ),
    mark=ID_MARK,
)
# The ids of prices and of products in one list: those prices, and what is listed of the products.
_prices = Prepared(
    lambda value: Price.objects.filter(
        Q(one_of("id", value))
        | Q(one_of("product_id", value), source=Price.Source.CATALOG, archived_at=None)
    ).order_by("id"),
    mark=ID_MARK,
)
_waiting = Prepared(
    lambda value: PendingUpdate.objects.filter(
        one_of("subscription_id", value),
        timing=PendingUpdate.Timing.PERIOD,
        applied_at=None,
        discarded_at=None,
    ),
    mark=ID_MARK,
)


@dataclass(frozen=True, slots=True)
class Companions:
    """
    Rows by their ids, and by the subscription what belongs to one.

    `products` have `listed_prices`. `price_ids` are the subscriber's own prices in their order,
    `waiting` the change that waits for the next period.
    """

    products: dict[UUID, Product]
    prices: dict[UUID, Price]
    discounts: dict[UUID, Discount]
    price_ids: dict[UUID, list[UUID]]
    waiting: dict[UUID, PendingUpdate]


def companions_of(subscriptions: Sequence[Subscription]) -> Companions:
    """Everything beside these subscriptions: seven queries, and one for their discounts."""
    ids = [row.pk for row in subscriptions]
    if not ids:
        return Companions({}, {}, {}, {}, {})
    price_ids: dict[UUID, list[UUID]] = defaultdict(list)
    for link in _links.rows(ids):
        price_ids[link.subscription_id].append(link.price_id)
    products = {row.pk: row for row in _products.rows(_distinct(subscriptions, "product_id"))}
    own = {price_id for found in price_ids.values() for price_id in found}
    prices = _prices.rows([*own, *products])
    listed: dict[UUID, list[Price]] = {product_id: [] for product_id in products}
    for price in prices:
        is_listed = price.source == Price.Source.CATALOG and price.archived_at is None
        if is_listed and price.product_id in listed:
            listed[price.product_id].append(price)
    for product_id, product in products.items():
        product.listed_prices = listed[product_id]  # type: ignore[attr-defined]
    discount_ids = _distinct(subscriptions, "discount_id")
    return Companions(
        products=products,
        prices={row.pk: row for row in prices},
        discounts={row.pk: row for row in _discounts.rows(discount_ids)} if discount_ids else {},
        price_ids=price_ids,
        waiting={row.subscription_id: row for row in _waiting.rows(ids)},
    )


def _distinct(subscriptions: Sequence[Subscription], name: str) -> list[UUID]:
    found = {getattr(row, name) for row in subscriptions}
    return [value for value in found if value is not None]
