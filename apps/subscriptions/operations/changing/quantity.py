"""Another number of seats or units, at once or from the next period on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.subscriptions.locks import lock_for_change
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import announce
from apps.subscriptions.operations.changing.applying import apply_change, write_entries
from apps.subscriptions.operations.changing.computing import (
    Change,
    compute_quantity_change,
    require_quantity,
)
from apps.subscriptions.operations.changing.describing import describe_later, describe_now
from apps.subscriptions.operations.changing.guards import require_changeable, require_room
from apps.subscriptions.operations.changing.offers import present_offer
from apps.subscriptions.operations.changing.paying import carry_out, is_carried_out, pay_for_change
from apps.subscriptions.operations.changing.pending import (
    coming_offer,
    forget_quantity,
    schedule_quantity,
    waiting_update,
    with_quantity,
)
from apps.subscriptions.operations.changing.wishes import Behavior, resolve_behavior
from apps.subscriptions.proration import Quantity


def change_seats(
    *,
    subscription_id: UUID,
    seats: int,
    behavior: str | None = None,
    agreed: str | None = None,
    origin: Origin,
) -> Subscription:
    """
    Have another number of seats, billed as `behavior` says.

    Without `behavior` the organization's own counts. A product that waits for the next period
    waits on, and must allow as many. The present number again takes back what was to come, and
    otherwise does nothing. `agreed` is the fingerprint of the plan that staff saw. Called outside a
    transaction, see `change_product`, which also tells how the charge may fail. Records
    `subscription.updated`.

    :raises AlreadyCanceledSubscription: if it has ended or is about to.
    :raises SubscriptionLocked: while another change is being paid for.
    :raises NotASeatBasedSubscription: if it is not priced by seats.
    :raises PlanChanged: if something else was agreed to.
    :raises QuantityOutOfBounds: if the price now or that of the next period forbids it, or the
        people on the seats.
    :raises PaymentFailed: if the charge is declined, or there is nothing to charge.
    """
    wish = Wish(quantity=Quantity.SEATS, number=seats, behavior=behavior, agreed=agreed)
    return _change_quantity(subscription_id, wish, origin)


def change_units(
    *,
    subscription_id: UUID,
    units: int,
    behavior: str | None = None,
    agreed: str | None = None,
    origin: Origin,
) -> Subscription:
    """
    Have another number of units; in everything else as `change_seats`.

    :raises NotAUnitBasedSubscription: if it is not priced by units.
    """
    wish = Wish(quantity=Quantity.UNITS, number=units, behavior=behavior, agreed=agreed)
    return _change_quantity(subscription_id, wish, origin)


def compute_quantity_now(
    subscription: Subscription,
    quantity: Quantity,
    number: int,
    *,
    behavior: Behavior,
    origin: Origin,
) -> Change:
    """
    A change of the number at once, which must suit the next period and the people on seats too.

    :raises QuantityOutOfBounds: if it does not.
    """
    require_room(subscription, quantity, number)
    wanted = compute_quantity_change(
        subscription, quantity, number, behavior=behavior, at=origin.at
    )
    waiting = waiting_update(subscription)
    if waiting is not None and waiting.product is not None:
        require_quantity(coming_offer(subscription, waiting), quantity, number)
    return wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Another number, how it is to be billed, and the plan that was agreed to, if one was shown."""

    quantity: Quantity
    number: int
    behavior: str | None
    agreed: str | None


def _change_quantity(subscription_id: UUID, wish: Wish, origin: Origin) -> Subscription:
    with transaction.atomic():
        subscription = lock_for_change(subscription_id)
        if is_carried_out(subscription, origin):
            return carry_out(subscription_id, None, origin)
        attempt_id = begin_quantity_change(subscription, wish, origin)
    return carry_out(subscription_id, attempt_id, origin)


def begin_quantity_change(subscription: Subscription, wish: Wish, origin: Origin) -> UUID | None:
    """What is one transaction, for a locked subscription; the attempt left to be made after it."""
    quantity, number = wish.quantity, wish.number
    require_changeable(subscription)
    behavior = resolve_behavior(subscription.organization, wish.behavior)
    require_quantity(present_offer(subscription), quantity, number)
    require_room(subscription, quantity, number)
    if number == getattr(subscription, quantity.value):
        _reassert(subscription, quantity, origin)
        return None
    if behavior is Behavior.NEXT_PERIOD:
        if wish.agreed is not None:
            row = with_quantity(subscription, quantity, number)
            describe_later(subscription, row).require(wish.agreed)
        schedule_quantity(subscription, quantity, number, behavior=behavior, origin=origin)
        return None
    wanted = compute_quantity_now(subscription, quantity, number, behavior=behavior, origin=origin)
    if wish.agreed is not None:
        describe_now(subscription, wanted).require(wish.agreed)
    if wanted.is_invoiced:
        return pay_for_change(
            subscription, wanted, behavior=behavior, quantity=quantity, origin=origin
        )
    forget_quantity(subscription, quantity, origin)
    write_entries(subscription, wanted, origin=origin)
    apply_change(subscription, wanted, origin=origin)
    return None


def _reassert(subscription: Subscription, quantity: Quantity, origin: Origin) -> None:
    """The number stays: what was to come is taken back, and if there was nothing, all is done."""
    if forget_quantity(subscription, quantity, origin):
        announce(
            subscription,
            "subscription.updated",
            origin=origin,
            changes={f"pending_{quantity}": (True, None)},
        )
