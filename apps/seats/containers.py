"""What has seats, asked of the apps above: subscriptions and one-time orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

from django.db.models import QuerySet

from apps.catalog.models import Product
from apps.core.errors import ResourceNotFound
from apps.customers.models import Customer
from apps.organizations.models import Organization

KINDS: Final = ("subscription_id", "order_id")


class Seated(Protocol):
    """What names a container: a seat, or the container itself."""

    @property
    def subscription_id(self) -> UUID | None:
        """Of one of the two."""

    @property
    def order_id(self) -> UUID | None:
        """Of the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seating:
    """A container, named by one of its two ids."""

    subscription_id: UUID | None = None
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """
    One purchase by the seat, as it stands.

    `seat_count` is how many were bought; `gives` says whether the people on them have what was
    bought, and `keeps` whether they stay on their seats although it gives nothing now.
    """

    organization: Organization
    customer: Customer
    product: Product | None
    seat_count: int
    gives: bool
    keeps: bool
    subscription_id: UUID | None = None
    order_id: UUID | None = None

    @property
    def key(self) -> dict[str, UUID]:
        """The condition on seats that they are of this one."""
        if self.subscription_id is not None:
            return {"subscription_id": self.subscription_id}
        assert self.order_id is not None  # noqa: S101 -- there is exactly one
        return {"order_id": self.order_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """
    One kind of container.

    `lock` holds one until the transaction ends and tells how it stands; `find` only tells. Both
    take the moment by which it counts, and raise `ResourceNotFound` for what is none or is not
    sold by the seat. `of_checkout` selects the ids of those that a checkout led to.
    """

    lock: Callable[[UUID, Any], Container]
    find: Callable[[UUID, Any], Container]
    of_checkout: Callable[[UUID], QuerySet[Any]]


_keepers: dict[str, Keeper] = {}


def register_keeper(kind: str, keeper: Keeper) -> None:
    """Make a kind of container known, by the column of a seat that holds its id."""
    assert kind in KINDS  # noqa: S101 -- a slip of the programmer
    _keepers[kind] = keeper


def keeper_of(seated: Seated) -> tuple[Keeper, UUID]:
    """
    Who knows the container, and its id.

    :raises ResourceNotFound: if there is none.
    """
    for kind in KINDS:
        value = getattr(seated, kind)
        if value is not None and kind in _keepers:
            return _keepers[kind], value
    raise ResourceNotFound


def keepers() -> dict[str, Keeper]:
    """All of them, by the column of a seat."""
    return _keepers
