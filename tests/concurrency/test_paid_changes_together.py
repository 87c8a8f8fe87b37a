"""Changes that are paid for at the same moment, with each other and with a cycle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import connection

from apps.catalog.models import Product
from apps.core.errors import DomainError
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.subscriptions.models import BillingEntry, Subscription
from apps.subscriptions.operations import change_seats, cycle_subscription
from tests.support.books import broken_books
from tests.support.drafts import charges_of, save_card
from tests.support.paid_changes import again, better, change, customer, now, subscription
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_plan, make_subscription, seat_price
from tests.support.tills import Till, till

__all__ = ["better", "customer", "stripesim", "subscription", "till"]


class TestAtOnce:
    def test_two_changes_make_one_after_the_other_or_refuse(
        self, till: Till, subscription: Subscription, better: Product
    ) -> None:
        outcomes = together(*[lambda: change(subscription, better).product.name] * 3)
        assert outcomes["Better"] >= 1
        assert set(outcomes) <= {"Better", "SubscriptionLocked"}
        orders = Order.objects.filter(subscription_id=subscription.pk, status="paid")
        # Whoever came after changed from the new product to itself, which costs nothing.
        assert sum(order.due_amount for order in orders) == max(o.due_amount for o in orders)
        charges = [charge for order in orders for charge in charges_of(till, order)]
        assert len(charges) == 1
        assert not broken_books()

    def test_a_change_and_a_cycle_bill_every_day_once(
        self, till: Till, customer: Customer, subscription: Subscription, better: Product
    ) -> None:
        start = now(-31).at
        Subscription.objects.filter(pk=subscription.pk).update(
            current_period_start_at=start, current_period_end_at=start + timedelta(days=30)
        )
        outcomes = together(
            lambda: change(subscription, better).product.name,
            lambda: str(
                cycle_subscription(subscription_id=subscription.pk, origin=now()).product_id
            ),
        )
        assert outcomes["Better"] == 1
        # A cycle that met an open payment was put off: the scheduler comes again.
        cycle_subscription(subscription_id=subscription.pk, origin=now())
        row = again(subscription)
        assert row.current_period_start_at == start + timedelta(days=30)
        periods = Order.objects.filter(subscription_id=row.pk, period_start_at__isnull=False)
        assert periods.count() == 1
        billed = BillingEntry.objects.filter(subscription=row, order_item=None)
        assert not billed.exists()

    def test_seats_are_paid_for_once(self, till: Till, customer: Customer) -> None:
        save_card(till, customer)
        plan = make_plan(till.merchant.organization, prices=[seat_price(3000)])
        subscription = make_subscription(
            till.merchant.organization, plan=plan, customer=customer, seats=2, moment=now(-10).at
        )

        def take(seats: int) -> str:
            row = change_seats(
                subscription_id=subscription.pk, seats=seats, behavior="invoice", origin=now()
            )
            return str(row.seats)

        outcomes = together(lambda: take(5), lambda: take(5), lambda: take(5))
        assert outcomes["5"] >= 1
        paid = Order.objects.get(subscription_id=subscription.pk, status="paid")
        assert paid.items.get().label.startswith("Pro: 2 → 5 seats")
        assert len(charges_of(till, paid)) == 1


def together(*verbs: Callable[[], str]) -> Counter[str]:
    """Do all at the same time; how often each outcome came, a refusal by its name."""
    barrier = Barrier(len(verbs))

    def run(verb: Callable[[], str]) -> str:
        try:
            barrier.wait(10)
            return verb()
        except DomainError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return Counter(future.result() for future in [pool.submit(run, verb) for verb in verbs])
