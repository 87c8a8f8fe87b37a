"""Numbers of seats and what they cost; who sits on them is not modelled."""

from datetime import UTC, datetime

from apps.subscriptions.errors import QuantityOutOfBounds
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import change_product as change_to
from apps.subscriptions.operations import change_seats
from tests.cases.outcome import outcome_of_error
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.subscribing import Watch, make_product, make_row, origin_at

AREA = "seats"
MIDDLE = datetime(2025, 6, 16, tzinfo=UTC)


@adapter(AREA, db=True)
def update_seats(given: Facts, when: Facts) -> Facts:
    seats = given["seats"]
    pending = given.get("pending_seats")
    waiting = None if pending is None else {"seats": pending}
    subscription = _subscription(given, seats=seats, pending_update=waiting)
    if when["seats"] < given.get("claimed", 0) + given.get("pending", 0):
        raise NotYet("people on seats")
    watch = Watch(subscription)
    try:
        change_seats(
            subscription_id=subscription.pk,
            seats=when["seats"],
            behavior="prorate",
            origin=origin_at(MIDDLE),
        )
    except QuantityOutOfBounds as error:
        return {
            **outcome_of_error(error),
            "minimum": error.bound,
            "maximum": error.bound,
            "requested": error.requested,
        }
    facts = watch.facts()
    update = facts["pending_update"]
    return {**facts, "pending_seats": update["seats"] if update else None}


@adapter(AREA, db=True)
def subscription_amount(given: Facts, when: Facts) -> Facts:
    return {"amount": _subscription(given, seats=when["seats"]).amount}


@adapter(AREA, db=True)
def change_product(given: Facts, when: Facts) -> Facts:
    prices = {"fixed": [{"type": "fixed", "amount": 1000}], "seat": [_seat_price(given)]}
    subscription = make_row({"prices": prices[given["from"]]})
    product, _ = make_product(subscription.organization, prices[given.get("to") or "seat"])
    if given.get("to") is None:
        raise NotYet("people on seats")
    change_to(
        subscription_id=subscription.pk,
        product_id=product.pk,
        behavior=when["behavior"],
        origin=origin_at(MIDDLE),
    )
    row = Subscription.objects.select_related("customer").get(pk=subscription.pk)
    return {"seats": row.seats, "customer_type": row.customer.type}


def _subscription(given: Facts, **facts: object) -> Subscription:
    base = [{"type": "fixed", "amount": given["base"]}] if given.get("base") else []
    status = given.get("status") or "active"
    return make_row({"status": status, "prices": [*base, _seat_price(given)], **facts})


def _seat_price(given: Facts) -> Facts:
    flat = {"tier_type": "volume", "tiers": [{"min": 1, "max": None, "price_per_seat": 1000}]}
    return {"type": "seat", **(given.get("price") or flat)}
