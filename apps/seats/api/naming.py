"""Which purchase a request names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.api.query import Query
from apps.core.errors import ResourceNotFound, SchemaInvalid
from apps.seats.containers import Seating
from apps.seats.selectors import container_of_checkout


def seating_asked(query: Query) -> Seating:
    """
    The purchase that the query names.

    :raises SchemaInvalid: unless it names one.
    """
    named = {
        name: values[0]
        for name in ("subscription_id", "order_id")
        if (values := query.uuids(name)) is not None
    }
    if len(named) != 1:
        message = "Name one purchase, by subscription_id or order_id."
        raise SchemaInvalid.at("query", "subscription_id", msg=message)
    return Seating(**named)


def seating_given(values: Mapping[str, Any]) -> Seating:
    """
    The purchase that a checked body names, by itself or by its checkout.

    :raises ResourceNotFound: for a checkout that has sold nothing.
    """
    checkout_id = values.get("checkout_id")
    if checkout_id is None:
        return Seating(
            subscription_id=values.get("subscription_id"), order_id=values.get("order_id")
        )
    found = container_of_checkout(checkout_id)
    if found is None:
        raise ResourceNotFound
    return Seating(**found)
