"""Changes that are paid for at once, and what they must have done: once and whole, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from apps.catalog.models import Product
from apps.core.origin import Door, Origin, system_origin
from apps.customers.models import Customer
from apps.events.models import Event
from apps.orders.models import Order
from apps.orders.selectors import presentable_orders
from apps.payments.operations import resume_charge_attempt
from apps.payments.selectors import due_charge_attempt_ids
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription
from apps.subscriptions.operations import change_product
from apps.wallets.selectors import balance
from tests.support.books import broken_books
from tests.support.drafts import is_booked, make_buyer, require_one_charge, save_card
from tests.support.subscribers import make_plan, make_subscription
from tests.support.tills import Till


def now(days: float = 0) -> Origin:
    """An origin of the API, some days from now."""
    origin = system_origin(Door.API)
    return replace(origin, at=origin.at + timedelta(days=days))


@pytest.fixture
def customer(till: Till) -> Customer:
    """A buyer without a card."""
    return make_buyer(till.merchant.organization)


@pytest.fixture
def subscription(till: Till, customer: Customer) -> Subscription:
    """A monthly plan at 20.00 that began some days ago, and a card that works."""
    save_card(till, customer)
    return make_subscription(
        till.merchant.organization, 2000, customer=customer, moment=now(-10).at
    )


@pytest.fixture
def better(subscription: Subscription) -> Product:
    """A dearer plan of the same merchant."""
    product, _ = make_plan(subscription.organization, 9000, name="Better")
    return product


def change(subscription: Subscription, product: Product, behavior: str = "invoice") -> Subscription:
    """Another product, paid for at once unless told otherwise."""
    return change_product(
        subscription_id=subscription.pk, product_id=product.pk, behavior=behavior, origin=now()
    )


def again(subscription: Subscription) -> Subscription:
    """The subscription as it is now."""
    return Subscription.objects.get(pk=subscription.pk)


def order_of(subscription: Subscription) -> Order:
    """The one order of a subscription that is paid."""
    return Order.objects.get(subscription_id=subscription.pk, status="paid")


def sweep(minutes: int = 5) -> None:
    """What the periodic job does, some minutes from now."""
    origin = now(minutes / 1440)
    for attempt_id in due_charge_attempt_ids(at=origin.at, limit=10):
        resume_charge_attempt(attempt_id=attempt_id, origin=origin)


def require_unchanged(subscription: Subscription, credit: int = 0) -> None:
    """As if nobody had ever wanted anything."""
    row = again(subscription)
    assert (row.product_id, row.amount) == (subscription.product_id, subscription.amount)
    assert row.current_period_end_at == subscription.current_period_end_at
    assert not PendingUpdate.objects.filter(applied_at=None, discarded_at=None).exists()
    assert not BillingEntry.objects.filter(subscription=row).exists()
    assert set(Order.objects.values_list("status", flat=True)) <= {"void"}
    assert not presentable_orders().exists()
    assert not Event.objects.filter(type="subscription.updated").exists()
    assert not Event.objects.filter(type__in=["order.created", "order.voided"]).exists()
    assert balance(row.customer_id, row.currency) == credit
    assert not broken_books()


def require_changed_once(till: Till, subscription: Subscription, product: Product) -> None:
    """The new product, one paid order, one charge, each event once."""
    row = again(subscription)
    assert (row.product_id, row.amount) == (product.pk, 9000)
    order = order_of(subscription)
    till.settle_until(lambda: is_booked(order))
    require_one_charge(till, order)
    assert order.billing_reason == "subscription_update"
    lines = BillingEntry.objects.filter(subscription=row).order_by("id")
    assert [entry.direction for entry in lines] == ["credit", "debit"]
    assert all(entry.order_item and entry.order_item.order_id == order.pk for entry in lines)
    assert PendingUpdate.objects.get().applied_at is not None
    assert Event.objects.filter(type="subscription.updated").count() == 1
