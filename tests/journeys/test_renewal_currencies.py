"""Renewals in currencies without decimals and with three, at the sandbox Stripe."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.ledger.models import Transfer
from apps.payments.models import Payment
from tests.support.books import broken_books
from tests.support.drafts import charges_of, save_card
from tests.support.renewals import DAY, Renewal
from tests.support.stripesim import stripesim
from tests.support.subscribers import make_discount, make_plan, make_subscriber, make_subscription
from tests.support.tills import Till, till

__all__ = ["stripesim", "till"]


def due_in(till: Till, currency: str, amount: int) -> Renewal:
    """A monthly subscription with a third off, taxed inside its price."""
    organization = till.merchant.organization
    customer = make_subscriber(organization)
    method = save_card(till, customer, "pm_card_visa")
    customer.refresh_from_db()
    now = datetime.now(UTC)
    subscription = make_subscription(
        organization,
        moment=now - 31 * DAY,
        plan=make_plan(organization, amount, currency=currency),
        customer=customer,
        payment_method=method,
        discount=make_discount(organization, 3333, duration="forever"),
        tax_behavior="inclusive",
    )
    return Renewal(till, customer, subscription, method, now)


# A third off, rounded; a sixth of the rest is tax, rounded.
@pytest.mark.parametrize(
    ("currency", "amount", "off", "tax"),
    [
        ("jpy", 1234, 411, 137),
        ("krw", 9_999, 3333, 1111),
        ("kwd", 12_345, 4115, 1372),
        ("bhd", 10_003, 3334, 1112),
    ],
)
def test_is_charged_and_booked_to_the_unit(
    till: Till, settings: Any, currency: str, amount: int, off: int, tax: int
) -> None:
    settings.TAX_CALCULATORS = ["tests.support.calculators.FifthCalculator"]
    renewal = due_in(till, currency, amount)
    order = renewal.renew()
    till.settle_until(lambda: Payment.objects.filter(order=order, booked_at__isnull=False).exists())

    order.refresh_from_db()
    total = amount - off
    assert (order.currency, order.subtotal_amount, order.discount_amount) == (currency, amount, off)
    assert (order.net_amount, order.tax_amount) == (total - tax, tax)
    assert (order.total_amount, order.due_amount) == (total, total)
    item = order.items.get()
    assert (item.amount, item.net_amount + item.tax_amount) == (amount, total)
    [charge] = charges_of(till, order)
    assert (charge.amount, charge.currency) == (total, currency)
    renewal.require_one_charge()
    renewal.subscription.refresh_from_db()
    assert (renewal.subscription.amount, renewal.subscription.net_amount) == (total, total - tax)

    # What the bank made of it in the currency of the balance is in the books: the tax is a sixth.
    client = till.sim.client().v1
    theirs = client.balance_transactions.retrieve(str(charge.balance_transaction))
    moved = Transfer.objects.filter(entry__order_id=order.pk, entry__type="payment")
    sold, taxed = (moved.get(type=name).amount for name in ("payment", "tax"))
    assert sold + taxed == theirs.amount
    assert abs(6 * taxed - theirs.amount) <= 6
    assert not broken_books()
