"""
What stands behind a key, told by the apps above: the order or subscription that grants it.

They register an expression, so that the read of a validation brings it along in the same query.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import JSONField, Value
from django.db.models.expressions import BaseExpression, Combinable

Expression = BaseExpression | Combinable
NAMES: Final = ("subscription", "order")

_expressions: dict[str, Callable[[], Expression]] = {}


def register_source(name: str, expression: Callable[[], Expression]) -> None:
    """
    Show the object that `expression` makes as `name` (one of `NAMES`) of a key.

    It is annotated to keys; `OuterRef("grant__order_id")` or `OuterRef("grant__subscription_id")`
    name the row.
    """
    assert name in NAMES  # noqa: S101 -- a slip of the programmer
    _expressions[name] = expression


def source_annotations() -> dict[str, Any]:
    """What to annotate keys with: `source_subscription` and `source_order`."""
    nothing = Value(None, output_field=JSONField())
    return {
        f"source_{name}": _expressions[name]() if name in _expressions else nothing
        for name in NAMES
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class BoughtElsewhere:
    """
    An order of another system: its number there, and when it was made.

    Two of the same number and customer are one order.
    """

    customer_id: UUID
    product_id: UUID | None
    number: str
    at: datetime


OrderMaker = Callable[[Any, Sequence[BoughtElsewhere]], list[UUID]]
_makers: list[OrderMaker] = []


def register_order_maker(maker: OrderMaker) -> None:
    """Have paid orders of nothing made by `maker(organization, bought)`, or found; their ids."""
    _makers[:] = [maker]


def make_orders(organization: Any, bought: Sequence[BoughtElsewhere]) -> list[UUID]:
    """The ids of the orders, in the order of `bought`."""
    return _makers[0](organization, bought)
