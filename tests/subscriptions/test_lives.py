"""Random lives of a subscription: whatever happens in whatever order, the books and dates agree."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.events.models import Event
from apps.orders.models import Order
from apps.orders.operations import pay_order
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations import (
    cancel_pause,
    cancel_subscription,
    change_period_end,
    change_product,
    change_seats,
    cycle_if_due,
    discard_pending_update,
    pause_subscription,
    reinstate_subscription,
    resume_due_subscription,
    resume_subscription,
    revoke_subscription,
    set_trial_end,
    uncancel_subscription,
)
from apps.subscriptions.operations.dunning import handle_payment_failed
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations import adjust_wallet
from tests.support.books import broken_books
from tests.support.subscribers import (
    START,
    at,
    make_discount,
    make_merchant,
    make_plan,
    make_subscriber,
    make_subscription,
    seat_price,
)

pytestmark = pytest.mark.django_db
NUMBERS = st.integers(0, 45)
PAUSES = st.sampled_from([0, 1, 9, 31])
QUIET = ("prorate", "next_period")


@dataclass
class Life:
    """One subscription, its clock, and what was really charged."""

    subscription: Subscription
    products: list[Any]
    now: datetime = START
    charged: int = 0
    log: list[str] = field(default_factory=list)

    @property
    def origin(self) -> Origin:
        return at(self.now)

    @property
    def row(self) -> Subscription:
        return Subscription.objects.get(pk=self.subscription.pk)

    @property
    def orders(self) -> list[Order]:
        rows = Order.objects.filter(subscription_id=self.subscription.pk)
        return list(rows.order_by("created_at", "id"))

    def facts(self) -> tuple[Any, ...]:
        """Everything that a refusal must leave as it is."""
        return (
            Subscription.objects.filter(pk=self.subscription.pk).values().get(),
            Order.objects.count(),
            BillingEntry.objects.count(),
            WalletMovement.objects.count(),
            PendingUpdate.objects.filter(applied_at=None, discarded_at=None).count(),
            Event.objects.count(),
        )


def wait(life: Life, days: int) -> None:
    """Time passes, and the scheduler and the resumer come by each day of it."""
    for _ in range(days):
        life.now += timedelta(days=1)
        cycle_if_due(subscription_id=life.subscription.pk, origin=life.origin)
        resume_due_subscription(subscription_id=life.subscription.pk, origin=life.origin)


def oversleep(life: Life, days: int) -> None:
    """Nobody comes by for months; then the scheduler makes up for it."""
    life.now += timedelta(days=3 * days)
    for _ in range(6):
        cycle_if_due(subscription_id=life.subscription.pk, origin=life.origin)


def pay(life: Life, _: int) -> None:
    for order in life.orders:
        if order.status == Order.Status.PENDING:
            life.charged += order.due_amount
            pay_order(order_id=order.pk, origin=life.origin)
            return


def fail(life: Life, number: int) -> None:
    for order in life.orders:
        if order.status == Order.Status.PENDING:
            handle_payment_failed(
                order_id=order.pk,
                trigger="subscription_cycle",
                is_recoverable=number % 3 > 0,
                origin=life.origin,
            )
            return


def give(life: Life, number: int) -> None:
    adjust_wallet(
        customer=life.subscription.customer,
        currency="usd",
        amount=(number - 20) * 100 or 1,
        note="",
        origin=life.origin,
    )


def with_id(verb: Callable[..., object]) -> Callable[[Life, int], None]:
    def step(life: Life, _: int) -> None:
        verb(subscription_id=life.subscription.pk, origin=life.origin)

    step.__name__ = verb.__name__
    return step


def pause(life: Life, number: int) -> None:
    back = life.now + timedelta(days=number) if number % 2 else None
    pause_subscription(subscription_id=life.subscription.pk, resumes_at=back, origin=life.origin)


def move_trial(life: Life, number: int) -> None:
    end = life.now + timedelta(days=number) if number % 3 else None
    set_trial_end(subscription_id=life.subscription.pk, trial_end_at=end, origin=life.origin)


def move_end(life: Life, number: int) -> None:
    change_period_end(
        subscription_id=life.subscription.pk,
        period_end_at=life.now + timedelta(days=number),
        origin=life.origin,
    )


def reseat(life: Life, number: int) -> None:
    change_seats(
        subscription_id=life.subscription.pk,
        seats=number,
        behavior=QUIET[number % 2],
        origin=life.origin,
    )


def replan(life: Life, number: int) -> None:
    change_product(
        subscription_id=life.subscription.pk,
        product_id=life.products[number % len(life.products)].pk,
        behavior=QUIET[number % 2],
        origin=life.origin,
    )


STEPS: tuple[Callable[[Life, int], None], ...] = (
    oversleep,
    pay,
    pay,
    fail,
    give,
    pause,
    move_trial,
    move_end,
    reseat,
    replan,
    with_id(cancel_pause),
    with_id(resume_subscription),
    with_id(cancel_subscription),
    with_id(uncancel_subscription),
    with_id(revoke_subscription),
    with_id(reinstate_subscription),
    with_id(discard_pending_update),
)


# Nobody asks for these: they must always go through.
UNASKED = (oversleep, pay, fail, give)


class Undone(Exception):
    """Takes a whole life back."""


@contextmanager
def undone() -> Any:
    """A transaction of which nothing stays."""
    with suppress(Undone), transaction.atomic():
        yield
        raise Undone


def begin(is_trial: bool, has_discount: bool) -> Life:
    merchant = make_merchant()
    prices = [{"kind": "fixed", "fixed_amount": 1000}, seat_price(300)]
    plan = make_plan(merchant, prices=prices)
    others = [
        make_plan(merchant, prices=[{"kind": "fixed", "fixed_amount": 40}, seat_price(700)])[0],
        make_plan(merchant, prices=[{"kind": "fixed", "fixed_amount": 9000}, seat_price(0)])[0],
    ]
    discount = make_discount(merchant, 3333, duration="repeating", duration_in_months=3)
    subscription = make_subscription(
        merchant,
        plan=plan,
        customer=make_subscriber(merchant),
        seats=2,
        trial_end_at=START + timedelta(days=14) if is_trial else None,
        discount=discount if has_discount else None,
    )
    return Life(subscription, [plan[0], *others])


def require_dates(life: Life) -> None:
    """The status and the dates tell the same story."""
    row = life.row
    assert row.current_period_start_at < row.current_period_end_at
    assert (row.status == "canceled") == (row.ended_at is not None)
    if row.status == "trialing":
        assert row.trial_end_at == row.current_period_end_at
    if row.status == "paused":
        assert row.paused_at is not None
        assert not row.pause_at_period_end
    if row.status != "canceled" and row.cancel_at_period_end:
        assert row.ends_at == row.current_period_end_at
        assert not row.pause_at_period_end
    if row.status == "past_due":
        assert row.past_due_at is not None
    waiting = PendingUpdate.objects.filter(subscription=row, applied_at=None, discarded_at=None)
    for update in waiting:
        assert row.status != "canceled"
        assert row.status == "paused" or update.applies_at == row.current_period_end_at


def require_orders(life: Life) -> None:
    """One order per period, in order, each adding up; entries are billed once."""
    billed = [order for order in life.orders if order.period_start_at is not None]
    starts = [order.period_start_at for order in billed if order.period_start_at is not None]
    assert all(left < right for left, right in pairwise(sorted(starts)))
    assert all(start <= life.row.current_period_start_at for start in starts)
    for order in life.orders:
        items = list(order.items.all())
        assert sum(item.amount for item in items) == order.subtotal_amount
        assert sum(item.net_amount for item in items) == order.net_amount
        assert sum(item.tax_amount for item in items) == order.tax_amount
        assert order.total_amount == order.subtotal_amount - order.discount_amount
        if order.status == "pending":
            assert order.due_amount >= 50
    linked = BillingEntry.objects.filter(subscription=life.subscription, order_item__isnull=False)
    assert linked.count() == sum(order.items.count() for order in life.orders)


def require_money(life: Life) -> None:
    """What the orders come to was charged, is still asked for, or moved the balance."""
    wallet = Wallet.objects.filter(customer_id=life.subscription.customer_id).first()
    movements = list(WalletMovement.objects.filter(wallet=wallet)) if wallet else []
    balance = wallet.balance if wallet else 0
    assert balance == sum(one.amount for one in movements)
    orders = life.orders
    void = {order.pk for order in orders if order.status == "void"}
    owed = sum(order.total_amount for order in orders if order.pk not in void)
    asked = sum(order.due_amount for order in orders if order.status == "pending")
    given = sum(one.amount for one in movements if one.kind == "adjustment" or one.order_id in void)
    assert owed == life.charged + asked + given - balance
    assert not broken_books()


class TestLives:
    @settings(
        max_examples=20,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        st.booleans(),
        st.booleans(),
        st.lists(
            st.tuples(st.integers(0, len(STEPS) - 1), NUMBERS, PAUSES), min_size=3, max_size=9
        ),
    )
    def test_whatever_happens_dates_orders_and_money_agree(
        self, is_trial: bool, has_discount: bool, steps: list[tuple[int, int, int]]
    ) -> None:
        with undone():
            life = begin(is_trial, has_discount)
            for position, number, days in steps:
                before = life.facts()
                life.log.append(f"{STEPS[position].__name__}({number})")
                try:
                    STEPS[position](life, number)
                except DomainError:
                    assert STEPS[position] not in UNASKED, life.log
                    assert life.facts() == before, life.log
                wait(life, days)
                require_dates(life)
                require_orders(life)
                require_money(life)
