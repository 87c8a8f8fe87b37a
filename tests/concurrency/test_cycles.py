"""Schedulers, payments and customers that meet at one renewal, and processes that die in it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection

from apps.customers.operations import delete_customer
from apps.events.models import Event
from apps.orders.models import Order
from apps.orders.operations import pay_order
from apps.subscriptions.models import BillingEntry, Subscription
from apps.subscriptions.operations import (
    claim_due_subscriptions,
    cycle_if_due,
    cycle_subscription,
    cycling,
    revoke_subscription,
)
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.support import crashes
from tests.support.books import broken_books
from tests.support.subscribers import (
    at,
    make_merchant,
    make_plan,
    make_subscriber,
    make_subscription,
)

pytestmark = pytest.mark.django_db(transaction=True)
END = datetime(2025, 2, 28, 10, 30, tzinfo=UTC)


def together(*works: Callable[[], object]) -> list[object]:
    """Run in threads that start at the same moment; their results, or the errors they died of."""
    barrier = threading.Barrier(len(works))
    results: list[object] = [None] * len(works)

    def run(position: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            results[position] = work()
        except Exception as error:
            results[position] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(position, work)) for position, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def cycle(subscription: Subscription) -> Subscription:
    return cycle_subscription(subscription_id=subscription.pk, origin=at(END))


def require_one_renewal(subscription: Subscription) -> Order:
    """One period further, one entry, one order, each event once, balanced books."""
    row = Subscription.objects.get(pk=subscription.pk)
    assert (row.current_period_start_at, row.claimed_until) == (END, None)
    order = Order.objects.get(subscription_id=row.pk)
    entry = BillingEntry.objects.get(subscription=row)
    assert entry.order_item is not None
    assert entry.order_item.order_id == order.pk
    assert Event.objects.filter(type="subscription.cycled", subject_id=str(row.pk)).count() == 1
    assert Event.objects.filter(type="order.created", subject_id=str(order.pk)).count() == 1
    assert not broken_books()
    return order


class TestTwoCyclesOfOnePeriod:
    def test_without_the_lock_only_the_database_keeps_them_apart(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The race is there: both find it due, and the second entry is refused."""
        subscription = make_subscription()
        barrier = threading.Barrier(2)

        def unlocked(subscription_id: UUID) -> Subscription:
            rows = Subscription.objects.select_related("organization", "customer", "product")
            found = rows.get(pk=subscription_id)
            barrier.wait(10)
            return found

        monkeypatch.setattr(cycling, "lock_subscription", unlocked)
        results = together(*[lambda: cycle(subscription)] * 2)
        assert sum(isinstance(result, IntegrityError) for result in results) == 1
        require_one_renewal(subscription)

    @pytest.mark.parametrize("_round", range(3))
    def test_with_it_the_second_finds_nothing_due(self, _round: int) -> None:
        subscription = make_subscription()
        results = together(*[lambda: cycle(subscription)] * 4)
        assert all(isinstance(result, Subscription) for result in results)
        require_one_renewal(subscription)


class TestTwoSchedulers:
    def test_claim_apart(self) -> None:
        merchant = make_merchant()
        plan = make_plan(merchant)
        due = {make_subscription(merchant, plan=plan).pk for _ in range(12)}
        claims: list[Any] = together(
            *[lambda: claim_due_subscriptions(limit=4, origin=at(END))] * 4
        )
        claimed = [one for claim in claims for one in claim]
        assert len(claimed) == len(set(claimed))
        assert set(claimed) <= due


class TestRenewalsAgainstTheDeletionOfTheirCustomer:
    @pytest.mark.parametrize("_round", range(4))
    def test_neither_dies_of_the_other(self, _round: int) -> None:
        merchant = make_merchant()
        customer = make_subscriber(merchant)
        rows = [make_subscription(merchant, customer=customer) for _ in range(4)]
        cycles = [partial(cycle_if_due, subscription_id=row.pk, origin=at(END)) for row in rows]
        delete = partial(delete_customer, customer_id=customer.pk, origin=at(END))
        results = together(*cycles, delete)
        assert not [result for result in results if isinstance(result, Exception)]
        assert {row.status for row in Subscription.objects.all()} == {"canceled"}
        assert not Order.objects.exclude(status="void").exists()
        assert not broken_books()


class TestPaymentAgainstEnd:
    @pytest.mark.parametrize("_round", range(4))
    def test_the_order_is_paid_or_void_and_neither_waits_for_ever(self, _round: int) -> None:
        subscription = make_subscription()
        cycle(subscription)
        order = Order.objects.get(subscription_id=subscription.pk)
        results = together(
            lambda: pay_order(order_id=order.pk, origin=at(END)),
            lambda: revoke_subscription(subscription_id=subscription.pk, origin=at(END)),
        )
        assert isinstance(results[1], Subscription)
        order.refresh_from_db()
        subscription.refresh_from_db()
        assert subscription.status == "canceled"
        assert order.status == ("paid" if isinstance(results[0], Order) else "void")


class TestProcessesThatDie:
    @pytest.mark.parametrize("point", crashes.CYCLE_POINTS)
    def test_leave_a_renewal_whole_or_not_begun(self, point: str) -> None:
        subscription = make_subscription()
        adjust_wallet(
            customer=subscription.customer, currency="usd", amount=300, note="", origin=at()
        )
        code = crashes.run(
            "cycle",
            point,
            "http://127.0.0.1:9",
            subscription_id=str(subscription.pk),
            at=END.isoformat(),
        )
        assert code == crashes.EXIT_CODE
        is_done = point == "after the renewal commits"
        assert Order.objects.exists() is is_done
        assert balance(subscription.customer_id, "usd") == (0 if is_done else 300)
        cycle(subscription)
        order = require_one_renewal(subscription)
        assert (order.applied_balance_amount, order.due_amount) == (-300, 700)
        assert order.invoice_number
        assert order.invoice_number.endswith("-0001")
