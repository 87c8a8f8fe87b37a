"""What the verbs of a change would do, for staff to agree to; nothing here writes."""

from __future__ import annotations

from uuid import UUID

from apps.core.errors import ResourceNotFound
from apps.core.origin import Origin
from apps.core.plans import Plan
from apps.discounts.models import Discount
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.changing.computing import (
    compute_product_change,
    require_quantity,
)
from apps.subscriptions.operations.changing.describing import (
    describe_later,
    describe_nothing,
    describe_now,
)
from apps.subscriptions.operations.changing.discount import require_discount
from apps.subscriptions.operations.changing.guards import (
    require_changeable,
    require_no_open_payment,
    require_room,
)
from apps.subscriptions.operations.changing.offers import present_offer
from apps.subscriptions.operations.changing.pending import with_product, with_quantity
from apps.subscriptions.operations.changing.product import (
    find_product,
    is_as_before,
    require_later,
)
from apps.subscriptions.operations.changing.quantity import compute_quantity_now
from apps.subscriptions.operations.changing.wishes import (
    UNCHANGED,
    Behavior,
    Unchanged,
    resolve_behavior,
)
from apps.subscriptions.proration import Quantity


def plan_change_product(
    *,
    subscription_id: UUID,
    product_id: UUID,
    behavior: str | None = None,
    discount: Discount | Unchanged | None = UNCHANGED,
    origin: Origin,
) -> Plan:
    """
    What `change_product` would do.

    :raises DomainError: what it would raise before anything is charged.
    """
    subscription = _changeable(subscription_id)
    product = find_product(subscription, product_id)
    chosen = resolve_behavior(subscription.organization, behavior)
    require_discount(subscription, product, discount)
    if chosen is Behavior.NEXT_PERIOD:
        offer = require_later(subscription, product)
        return describe_later(subscription, with_product(subscription, offer, discount))
    wanted = compute_product_change(
        subscription, product, behavior=chosen, discount=discount, at=origin.at
    )
    if is_as_before(subscription, wanted) and chosen is not Behavior.RESET:
        return describe_nothing(subscription)
    return describe_now(subscription, wanted)


def plan_change_seats(
    *, subscription_id: UUID, seats: int, behavior: str | None = None, origin: Origin
) -> Plan:
    """
    What `change_seats` would do.

    :raises DomainError: what it would raise before anything is charged.
    """
    return _plan_quantity(subscription_id, Quantity.SEATS, seats, behavior, origin)


def plan_change_units(
    *, subscription_id: UUID, units: int, behavior: str | None = None, origin: Origin
) -> Plan:
    """
    What `change_units` would do.

    :raises DomainError: what it would raise before anything is charged.
    """
    return _plan_quantity(subscription_id, Quantity.UNITS, units, behavior, origin)


def plan_discard_pending_update(*, subscription_id: UUID) -> Plan:
    """
    What `discard_pending_update` would do; impossible where nothing waits.

    :raises ResourceNotFound: if there is no such subscription.
    :raises SubscriptionLocked: while a change is being paid for.
    """
    subscription = _found(subscription_id)
    require_no_open_payment(subscription)
    return describe_nothing(subscription)


def _plan_quantity(
    subscription_id: UUID, quantity: Quantity, number: int, behavior: str | None, origin: Origin
) -> Plan:
    subscription = _changeable(subscription_id)
    chosen = resolve_behavior(subscription.organization, behavior)
    require_quantity(present_offer(subscription), quantity, number)
    require_room(subscription, quantity, number)
    if number == getattr(subscription, quantity.value):
        return describe_nothing(subscription)
    if chosen is Behavior.NEXT_PERIOD:
        return describe_later(subscription, with_quantity(subscription, quantity, number))
    wanted = compute_quantity_now(subscription, quantity, number, behavior=chosen, origin=origin)
    return describe_now(subscription, wanted)


def _changeable(subscription_id: UUID) -> Subscription:
    subscription = _found(subscription_id)
    require_no_open_payment(subscription)
    require_changeable(subscription)
    return subscription


def _found(subscription_id: UUID) -> Subscription:
    rows = Subscription.objects.select_related("organization", "customer", "product", "discount")
    found = rows.filter(pk=subscription_id).first()
    if found is None:
        raise ResourceNotFound
    return found
