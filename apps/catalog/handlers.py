"""What the catalog has to say when something below it changes."""

from __future__ import annotations

from apps.catalog.models import Product
from apps.catalog.selectors import listed_price_rows
from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import listen


def register() -> None:
    """Listen to organizations."""
    listen("organization.updated", require_prices_in_default_currency)


def require_prices_in_default_currency(event: Event, origin: Origin) -> None:
    """
    Undo a change of the default currency while a product for sale has no price in it.

    :raises ValidationFailed: naming the first such product.
    """
    if event.organization_id is None or "default_presentment_currency" not in event.changes:
        return
    currency = event.changes["default_presentment_currency"][1]
    priced = listed_price_rows().filter(currency=currency).values("product")
    unpriced = (
        Product.objects.filter(
            organization_id=event.organization_id, deleted_at=None, archived_at=None
        )
        .exclude(pk__in=priced)
        .order_by("id")
        .first()
    )
    if unpriced is not None:
        raise ValidationFailed.at(
            "body",
            "default_presentment_currency",
            msg=f"The product {unpriced.name} has no price in {currency}.",
            value=currency,
        )
