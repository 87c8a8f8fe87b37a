"""
What merchants are told of: each app registers its events in a `webhooks` module of its own.

    def register() -> None:
        tell("order.paid", names=("order.updated", "order.paid"), present=_order)

`names` are the types of the Polar API under which one of our events is told, in their order; a
function of the event where they depend on what it says. `present` reads its subject as it stands
and gives the data for one API version; None if there is nothing to tell after all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from apps.core.origin import Origin
from apps.events.models import Event
from apps.events.registry import listen

Names = Callable[[Event], Sequence[str]]
Present = Callable[[Event, str], Any]

EVENT_TYPES: Final = (
    "benefit.created",
    "benefit.updated",
    "benefit_grant.created",
    "benefit_grant.cycled",
    "benefit_grant.revoked",
    "benefit_grant.updated",
    "checkout.created",
    "checkout.expired",
    "checkout.updated",
    "customer.created",
    "customer.deleted",
    "customer.state_changed",
    "customer.updated",
    "customer_seat.assigned",
    "customer_seat.claimed",
    "customer_seat.revoked",
    "discount.created",
    "discount.deleted",
    "discount.updated",
    "member.created",
    "member.deleted",
    "member.updated",
    "order.created",
    "order.paid",
    "order.refunded",
    "order.updated",
    "organization.updated",
    "product.created",
    "product.updated",
    "refund.created",
    "refund.updated",
    "subscription.active",
    "subscription.canceled",
    "subscription.created",
    "subscription.cycled",
    "subscription.migrated",
    "subscription.past_due",
    "subscription.paused",
    "subscription.resumed",
    "subscription.revoked",
    "subscription.uncanceled",
    "subscription.updated",
)


@dataclass(frozen=True, slots=True)
class Telling:
    """How one of our events is told."""

    names: Names
    present: Present


_tellings: dict[str, Telling] = {}
_teller: Callable[[Event, Origin], object] | None = None


def tell(event_type: str, *, names: Sequence[str] | Names, present: Present) -> None:
    """
    Have merchants told of `event_type` in the transaction that records it.

    The last registration for a type counts.

    :raises ValueError: if a name is none of the Polar API.
    """
    if not callable(names):
        for name in names:
            if name not in EVENT_TYPES:
                raise ValueError(f"{name} is no type of webhook.")
        fixed = tuple(names)

        def names(event: Event) -> Sequence[str]:
            return fixed

    _tellings[event_type] = Telling(names, present)
    listen(event_type, _announce)


def tell_each(
    event_types: Iterable[str], *, names: Sequence[str] | Names, present: Present
) -> None:
    """The same for several."""
    for event_type in event_types:
        tell(event_type, names=names, present=present)


def telling_of(event_type: str) -> Telling | None:
    """How it is told, if it is."""
    return _tellings.get(event_type)


def names_of(event: Event) -> Sequence[str]:
    """The types under which merchants hear of it, as far as they ask for them; often none."""
    telling = _tellings.get(event.type)
    return telling.names(event) if telling else ()


def set_teller(teller: Callable[[Event, Origin], object]) -> None:
    """Who writes them down; called once, when Django is ready."""
    global _teller
    _teller = teller


def _announce(event: Event, origin: Origin) -> None:
    if _teller is not None:
        _teller(event, origin)
