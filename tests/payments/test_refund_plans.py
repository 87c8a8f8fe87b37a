"""Random lives of an order: whatever a plan says of a refund is what then happens, to the cent."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.money import format_amount
from apps.core.plans import Plan
from apps.ledger.models import Transfer
from apps.ledger.operations import post_sale
from apps.ledger.sales import Sale
from apps.orders.models import Order
from apps.orders.refunds import refundable
from apps.payments.models import Payment, Refund
from apps.payments.operations import RefundInput, plan_refund_order, record_refund
from apps.payments.operations.booking import charged_tax
from apps.payments.operations.refunds.refunding import begin_refund
from apps.payments.selectors import promised_parts
from apps.processors.gateway import BalanceTransaction
from apps.processors.gateway.refunds import RefundFacts
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.cases.world import NOW, make_customer, make_organization, origin_at
from tests.support.books import broken_books

pytestmark = pytest.mark.django_db


def sold(net: int, tax: int, applied: int) -> Order:
    """An order that a charge has paid, booked."""
    organization = make_organization()
    capabilities = {**organization.capabilities, "refunds": True}
    type(organization).objects.filter(pk=organization.pk).update(capabilities=capabilities)
    order = Order.objects.create(
        created_at=NOW,
        paid_at=NOW,
        organization=organization,
        customer=make_customer(organization),
        status=Order.Status.PAID,
        billing_reason=Order.BillingReason.PURCHASE,
        currency="usd",
        subtotal_amount=net,
        net_amount=net,
        tax_amount=tax,
        applied_balance_amount=applied,
    )
    payment = Payment.objects.create(
        created_at=NOW,
        booked_at=NOW,
        organization=organization,
        customer=order.customer,
        order=order,
        processor_id=f"ch_{order.pk.hex}",
        status=Payment.Status.SUCCEEDED,
        amount=order.due_amount,
        currency="usd",
        method="card",
    )
    sale = Sale(
        organization_id=organization.pk,
        order_id=order.pk,
        payment_id=payment.pk,
        charge_id=payment.processor_id,
        presentment_currency="usd",
        presentment_amount=payment.amount,
        presentment_tax_amount=charged_tax(order, payment.amount),
        settlement_currency="usd",
        settlement_amount=payment.amount,
        settlement_fee=30,
        exchange_rate=None,
        available_at=NOW,
        card_country="US",
        method="card",
        is_subscription=False,
        used_3ds=False,
    )
    post_sale(sale=sale, origin=origin_at())
    return order


def answered(refund: Refund, status: str) -> RefundFacts:
    """What the processor says of it."""
    settlement = BalanceTransaction(
        id=f"txn_{refund.pk}",
        amount=-refund.gross_amount,
        fee=0,
        net=-refund.gross_amount,
        currency="usd",
        exchange_rate=None,
        available_at=NOW,
    )
    return RefundFacts(
        id=f"re_{refund.pk.hex}",
        charge_id=refund.payment.processor_id,
        intent_id=None,
        status=status,
        amount=refund.gross_amount,
        currency="usd",
        reason=None,
        metadata={"refund_id": str(refund.pk)},
        settlement_id=settlement.id,
        settlement=settlement,
        return_settlement=replace(settlement, amount=refund.gross_amount)
        if status == "failed"
        else None,
        created_at=NOW,
    )


def is_as_planned(plan: Plan, order: Order, before: tuple[Any, ...], since: int) -> None:
    """The rows of an order, its customer's balance and the books against what was announced."""
    order.refresh_from_db()
    held = balance(order.customer_id, "usd")
    said = {change.subject: (change.before, change.after) for change in plan.changes}
    status, refunded, wallet = before
    after = order.refunded_amount + order.refunded_tax_amount
    happened = {
        str(order): (status, order.status),
        "Refunded, with tax": (format_amount(refunded, "usd"), format_amount(after, "usd")),
        "Balance of the customer": (format_amount(wallet, "usd"), format_amount(held, "usd")),
    }
    assert said == {name: pair for name, pair in happened.items() if pair[0] != pair[1]}
    rows = Transfer.objects.filter(pk__gt=since).select_related("debit_account", "credit_account")
    posted = Counter(
        (row.debit_account.kind, row.credit_account.kind, row.amount, row.currency) for row in rows
    )
    assert posted == Counter(
        (one.debit.replace(" ", "_"), one.credit.replace(" ", "_"), one.amount, one.currency)
        for one in plan.transfers
    )


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_plan_says_happens(data: st.DataObject) -> None:
    net = data.draw(st.integers(100, 50_000), "net")
    tax = data.draw(st.integers(0, net // 3), "tax")
    applied = data.draw(st.integers(-net + 60, net), "applied")
    order = sold(net, tax, applied)
    made: list[Refund] = []
    for _ in range(data.draw(st.integers(1, 6), "steps")):
        if data.draw(st.booleans(), "moves the balance"):
            adjust_wallet(
                customer=order.customer,
                currency="usd",
                amount=data.draw(st.integers(1, 2000), "credit"),
                note="",
                origin=origin_at(),
            )
        if made and data.draw(st.booleans(), "comes back"):
            record_refund(facts=answered(made.pop(), "failed"), origin=origin_at())
            order.refresh_from_db()
            continue
        left = refundable(order, promised=promised_parts(order.pk)).amount
        if not left:
            continue
        amount = data.draw(st.one_of(st.none(), st.integers(1, left)), "amount")
        asked = RefundInput(reason="other", source="staff", amount=amount)
        plan = plan_refund_order(order_id=order.pk, data=asked, origin=origin_at())
        before = (
            order.status,
            order.refunded_amount + order.refunded_tax_amount,
            balance(order.customer_id, "usd"),
        )
        since = Transfer.objects.order_by("-pk").values_list("pk", flat=True)[0]
        begun = begin_refund(order.pk, asked, plan.fingerprint, origin_at())
        record_refund(facts=answered(begun, "succeeded"), origin=origin_at())
        made.append(begun)
        is_as_planned(plan, order, before, since)
    assert broken_books() == []
