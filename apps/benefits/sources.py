"""What grants benefits, asked of the apps above: subscriptions and orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.benefits.models import BenefitGrant
from apps.core.origin import Origin

KINDS: Final = ("subscription_id", "order_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    One kind of thing that grants benefits.

    `of_checkouts` selects the ids of those that checkouts led to; `lock` holds one until the
    transaction ends; `align` makes its grants follow how it stands.
    """

    of_checkouts: Callable[[Sequence[UUID]], QuerySet[Any]]
    lock: Callable[[UUID], object]
    align: Callable[[UUID, Origin], object]


_sources: dict[str, Source] = {}


def register_source(kind: str, source: Source) -> None:
    """Make a kind of source known, by the column of a grant that holds its id."""
    assert kind in KINDS  # noqa: S101 -- a slip of the programmer
    _sources[kind] = source


def from_checkouts(checkout_ids: Sequence[UUID]) -> Q:
    """The condition on grants that one of the checkouts led to them."""
    condition = Q(pk__in=[])
    for kind, source in _sources.items():
        condition |= Q(**{f"{kind}__in": source.of_checkouts(checkout_ids)})
    return condition


def lock_source(grant: BenefitGrant) -> None:
    """Hold what a grant came from, as everybody does who aligns it."""
    for kind, source in _sources.items():
        source_id = getattr(grant, kind)
        if source_id is not None:
            source.lock(source_id)


def align_source(grant: BenefitGrant, origin: Origin) -> None:
    """Make all grants from where this one came follow how that stands."""
    for kind, source in _sources.items():
        source_id = getattr(grant, kind)
        if source_id is not None:
            source.align(source_id, origin)
