"""What comes with a product, told by the app above that knows it: its benefits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet

from apps.catalog.models import Product
from apps.core.prepared import ID_MARK, Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Companions:
    """
    Rows that refer to a product by `accessor`, its related name; how merchants see one, and how
    buyers do if it `is_public`.
    """

    accessor: str
    rows: Callable[[], QuerySet[Any]]
    is_public: Callable[[Any], bool]
    present_public: Callable[[Any], dict[str, Any]]
    present: Callable[[Any], dict[str, Any]]


_registered: list[Companions] = []
# The rows of one product, for each of those registered.
_of_product: list[Prepared[Any]] = []
_ATTRIBUTE = "listed_benefits"


def register_benefits(companions: Companions) -> None:
    """Have products shown with these from now on; called once."""
    _registered[:] = [companions]
    _of_product[:] = [
        Prepared(lambda value: companions.rows().filter(product_id=value), mark=ID_MARK)
    ]


def benefit_prefetches(prefix: str = "") -> list[Prefetch[Any, Any, Any]]:
    """What to prefetch so that products (reached by `prefix`) know their benefits."""
    return [
        Prefetch(f"{prefix}{one.accessor}", queryset=one.rows(), to_attr=_ATTRIBUTE)
        for one in _registered
    ]


def with_any_benefit(benefit_ids: Sequence[UUID]) -> Q:
    """The condition on products that one of these comes with them."""
    condition = Q(pk__in=[])
    for one in _registered:
        rows = one.rows().filter(benefit_id__in=benefit_ids, product_id=OuterRef("pk"))
        condition |= Q(Exists(rows.order_by()))
    return condition


def present_benefits(product: Product, *, is_public: bool) -> list[dict[str, Any]]:
    """The benefits of a product in its order: those read with it, else by a query."""
    found: list[dict[str, Any]] = []
    for one, prepared in zip(_registered, _of_product, strict=True):
        rows: list[Model] | None = getattr(product, _ATTRIBUTE, None)
        if rows is None:
            rows = prepared.rows(product.pk)
        if is_public:
            found += [one.present_public(row) for row in rows if one.is_public(row)]
        else:
            found += [one.present(row) for row in rows]
    return found
