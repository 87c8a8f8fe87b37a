"""Numbers of seats, what they cost, and who sits on them."""

from datetime import UTC, datetime, timedelta

from django.test import Client

from apps.core.clock import pinned
from apps.core.ids import new_id
from apps.customers.inputs import MemberInput
from apps.customers.operations import create_member
from apps.seats.containers import Seating
from apps.seats.models import CustomerSeat
from apps.seats.operations import (
    SeatTarget,
    assign_seat,
    claim_seat,
    resend_invitation,
    revoke_seat,
)
from apps.seats.selectors import available_count, find_container
from apps.subscriptions.errors import QuantityOutOfBounds
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import change_product as change_to
from apps.subscriptions.operations import change_seats, revoke_subscription
from apps.subscriptions.operations.entitling import align_benefits
from apps.wallets.operations import adjust_wallet
from tests.cases.outcome import outcome_of_error
from tests.cases.registry import Facts, adapter
from tests.cases.subscribing import Watch, make_product, make_row, origin_at
from tests.support.seats import token_sent

AREA = "seats"
MIDDLE = datetime(2025, 6, 16, tzinfo=UTC)


@adapter(AREA, db=True)
def update_seats(given: Facts, when: Facts) -> Facts:
    seats = given["seats"]
    pending = given.get("pending_seats")
    waiting = None if pending is None else {"seats": pending}
    subscription = _subscription(given, seats=seats, pending_update=waiting)
    _fill(subscription, given.get("claimed", 0), given.get("pending", 0))
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
    # What it costs at once is taken from credit.
    adjust_wallet(
        customer=subscription.customer,
        currency=subscription.currency,
        amount=90_000_000,
        note="The state of a scenario",
        origin=origin_at(subscription.current_period_start_at),
    )
    change_to(
        subscription_id=subscription.pk,
        product_id=product.pk,
        behavior=when["behavior"],
        origin=origin_at(MIDDLE),
    )
    row = Subscription.objects.select_related("customer").get(pk=subscription.pk)
    claimed = CustomerSeat.objects.filter(
        subscription_id=row.pk, status="claimed", member__role="owner"
    )
    return {
        "seats": row.seats,
        "claimed_by_buyer": claimed.count(),
        "customer_type": row.customer.type,
    }


@adapter(AREA, db=True)
def assign(given: Facts, when: Facts) -> Facts:
    subscription = _subscription(given, seats=given["total_seats"])
    organization = subscription.organization
    organization.feature_settings = {"seat_based_pricing_enabled": given["feature_enabled"]}
    organization.save()
    for member in given.get("members", ()):
        create_member(
            customer_id=subscription.customer_id,
            data=MemberInput(**member),
            origin=origin_at(MIDDLE),
        )
    _fill(subscription, given["claimed"], 0)
    seat = assign_seat(
        seated=subscription_of(subscription),
        target=SeatTarget(**when["who"]),
        origin=origin_at(MIDDLE),
    )
    return {"status": seat.status}


@adapter(AREA, db=True)
def claim(given: Facts, when: Facts) -> Facts:
    seat, token = _invited(given)
    claimed = claim_seat(
        token=token if seat else "unknown",
        session_expires_at=MIDDLE + timedelta(hours=1),
        origin=origin_at(MIDDLE),
    )
    return {"status": claimed.seat.status}


@adapter(AREA, db=True)
def claim_info(given: Facts, when: Facts) -> Facts:
    age = 25 if given["seat_status"] == "expired" else 1
    status = "pending" if given["seat_status"] == "expired" else given["seat_status"]
    _, token = _invited({"seat_status": status, "invitation_age_hours": age})
    with pinned(MIDDLE):
        answer = Client().get(f"/v1/customer-seats/claim/{token}")
    return {"status_code": answer.status_code, **answer.json()}


@adapter(AREA, db=True)
def available(given: Facts, when: Facts) -> Facts:
    subscription = _subscription(given, seats=given["total_seats"])
    _fill(subscription, given["claimed"], 0)
    container = find_container(subscription_of(subscription), at=MIDDLE)
    return {"available": available_count(container)}


@adapter(AREA, db=True)
def revoke_all(given: Facts, when: Facts) -> Facts:
    subscription = _subscription(given, seats=len(given["seats"]))
    for status in given["seats"]:
        _fill(subscription, int(status == "claimed"), int(status == "pending"))
    revoke_subscription(subscription_id=subscription.pk, origin=origin_at(MIDDLE))
    align_benefits(subscription_id=subscription.pk, origin=origin_at(MIDDLE))
    seats = CustomerSeat.objects.filter(subscription_id=subscription.pk)
    return {"statuses": [seat.status for seat in seats]}


@adapter(AREA, db=True)
def resend(given: Facts, when: Facts) -> Facts:
    seat, _ = _invited({**given, "invitation_age_hours": 1})
    assert seat is not None
    return {"status": resend_invitation(seat_id=seat.pk, origin=origin_at(MIDDLE)).status}


def subscription_of(subscription: Subscription) -> Seating:
    return Seating(subscription_id=subscription.pk)


def _invited(given: Facts) -> tuple[CustomerSeat | None, str]:
    """A seat of this status, and the token that its person was sent so many hours ago."""
    if given["seat_status"] is None:
        return None, "unknown"
    subscription = _subscription({}, seats=2)
    asked_at = MIDDLE - timedelta(hours=given["invitation_age_hours"])
    seat = assign_seat(
        seated=subscription_of(subscription),
        target=SeatTarget(email="a@example.com"),
        origin=origin_at(asked_at),
    )
    token = token_sent(seat)
    if given["seat_status"] == "revoked":
        seat = revoke_seat(seat_id=seat.pk, origin=origin_at(asked_at))
    elif given["seat_status"] == "claimed":
        claim_seat(
            token=token,
            session_expires_at=MIDDLE + timedelta(hours=1),
            origin=origin_at(asked_at),
        )
    return seat, token


def _fill(subscription: Subscription, claimed: int, pending: int) -> None:
    """So many people on its seats, whom nobody knows."""
    for is_claimed in [True] * claimed + [False] * pending:
        member = create_member(
            customer_id=subscription.customer_id,
            data=MemberInput(email=f"{new_id().hex}@example.com"),
            origin=origin_at(MIDDLE),
        )
        CustomerSeat.objects.create(
            created_at=MIDDLE,
            organization=subscription.organization,
            customer=subscription.customer,
            subscription_id=subscription.pk,
            member=member,
            status="claimed" if is_claimed else "pending",
            claimed_at=MIDDLE if is_claimed else None,
        )


def _subscription(given: Facts, **facts: object) -> Subscription:
    base = [{"type": "fixed", "amount": given["base"]}] if given.get("base") else []
    status = given.get("status") or "active"
    return make_row({"status": status, "prices": [*base, _seat_price(given)], **facts})


def _seat_price(given: Facts) -> Facts:
    flat = {"tier_type": "volume", "tiers": [{"min": 1, "max": None, "price_per_seat": 1000}]}
    return {"type": "seat", **(given.get("price") or flat)}
