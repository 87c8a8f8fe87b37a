"""From checked bodies to what the operations take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from apps.api.errors import problems_of
from apps.catalog.api.serializers import PriceCreateInput, price_input
from apps.catalog.inputs import PriceInput
from apps.checkouts.operations import NewCheckout
from apps.core.errors import SchemaInvalid

_LIMITS: Final = ("min_seats", "max_seats", "min_units", "max_units")
_OWN: Final = (
    "products",
    "prices",
    "currency",
    "customer_id",
    "external_customer_id",
    "subscription_id",
    *_LIMITS,
)


def new_checkout(values: Mapping[str, Any], *, buyer_country: str | None) -> NewCheckout:
    """
    The checked body of a creation as the operation takes it.

    :raises SchemaInvalid: for ad-hoc prices that are none.
    """
    return NewCheckout(
        product_ids=values["products"],
        prices=_prices(values.get("prices") or {}),
        currency=values.get("currency"),
        customer_id=values.get("customer_id"),
        external_customer_id=values.get("external_customer_id"),
        subscription_id=values.get("subscription_id"),
        limits={name: values[name] for name in _LIMITS if values.get(name) is not None},
        buyer_country=buyer_country,
        details={name: value for name, value in values.items() if name not in _OWN},
    )


def _prices(given: Mapping[str, Any]) -> dict[UUID, Sequence[PriceInput]]:
    prices: dict[UUID, Sequence[PriceInput]] = {}
    for key, wanted in given.items():
        loc = ("body", "prices", key)
        try:
            product_id = UUID(key)
        except ValueError as error:
            raise SchemaInvalid.at(
                *loc, msg="Input should be a valid UUID", value=key, kind="uuid_parsing"
            ) from error
        form = PriceCreateInput(data=wanted, many=True, allow_empty=False)
        if not form.is_valid():
            raise SchemaInvalid(problems_of(form.errors, wanted, loc))
        prices[product_id] = [price_input(price) for price in form.validated_data]
    return prices
