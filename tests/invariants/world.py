"""A small sound world with a row of every kind that the checks look at, made by the operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from apps.catalog.selectors import listed_prices
from apps.checkouts.models import Checkout
from apps.core.clock import system_time
from apps.core.ids import new_id
from apps.core.models import DeadTask, PeriodicRun
from apps.core.origin import Actor, Door, Origin
from apps.customers.models import Customer
from apps.discounts.operations import DiscountInput, create_discount, redeem
from apps.disputes.operations import record_dispute
from apps.events.models import Delivery
from apps.events.operations import record
from apps.ledger.operations import grant_fee_credit
from apps.orders.models import Order
from apps.orders.operations import (
    Purchase,
    allocate_receipt_number,
    create_purchase_order,
    create_top_up_order,
    pay_order,
)
from apps.organizations.models import Organization
from apps.payments.models import ChargeAttempt, Payment
from apps.payments.operations import book_charge
from apps.payments.operations.refunds.recording import record_refund
from apps.payouts.models import Payout
from apps.payouts.operations import (
    begin_attempt,
    issue_reverse_invoice,
    mark_payout_paid,
    plan_mark_payout_paid,
    request_payout,
    set_payout_billing,
    settle_attempt,
)
from apps.processors.gateway import BalanceTransaction, Charge
from apps.processors.gateway.disputes import DisputeFacts
from apps.processors.gateway.facts import MethodFacts
from apps.processors.gateway.refunds import RefundFacts
from apps.processors.models import InboundEvent
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.billing import write_cycle_entries
from apps.wallets.models import Wallet
from apps.wallets.operations import (
    adjust_wallet,
    create_wallet,
    credit_top_up,
    promise_top_up,
    require_fillable,
)
from tests.support.drafts import make_buyer, make_product
from tests.support.merchants import make_organization
from tests.support.payouts import bank_payout, keep_back, link, make_account, prove, transferred
from tests.support.subscribers import make_subscription

TAKE_CHECKPOINTS = """
    INSERT INTO ledger_checkpoint
        (account_id, last_transfer_id, debit_amount, credit_amount, taken_at)
    SELECT a.id, h.id,
        coalesce((SELECT sum(amount) FROM ledger_transfer
            WHERE debit_account_id = a.id AND id <= h.id), 0),
        coalesce((SELECT sum(amount) FROM ledger_transfer
            WHERE credit_account_id = a.id AND id <= h.id), 0), now()
    FROM ledger_account a, (SELECT max(id) - {} AS id FROM ledger_transfer) h"""


@dataclass
class World:
    """What the damages are done to."""

    organization: Organization
    other: Organization
    customer: Customer
    order: Order
    payment: Payment
    refunded: Order
    wallet: Wallet
    payout: Payout
    manual: Payout
    canceled_lines: int
    subscription: Subscription


class Business:
    """A merchant who sells, gives back and is paid out; `at` moves on with every step."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.organization = make_organization(default_tax_behavior="exclusive")
        self.customer = make_buyer(self.organization)

    def origin(self) -> Origin:
        self.at += timedelta(minutes=1)
        return Origin(actor=Actor.SYSTEM, door=Door.TASK, at=self.at)

    def sell(self, net: int = 10_000, tax: int = 2_000, **facts: Any) -> tuple[Order, Payment]:
        """An order by a checkout, paid by a card from abroad, in the books."""
        key = new_id().hex
        product = make_product(self.organization, net)
        [price] = listed_prices(product)
        checkout = Checkout.objects.create(
            created_at=self.at,
            organization=self.organization,
            status="succeeded",
            client_secret=f"polar_c_{key}",
            expires_at=self.at + timedelta(hours=1),
            succeeded_at=self.at,
            product=product,
            price=price,
            customer=self.customer,
            currency="usd",
            amount=net,
            net_amount=net,
            tax_amount=tax,
        )
        purchase = Purchase(
            organization=self.organization,
            customer=self.customer,
            product=product,
            price=price,
            checkout_id=checkout.pk,
            label=product.name,
            currency="usd",
            subtotal_amount=net,
            discount_amount=0,
            net_amount=net,
            tax_amount=tax,
            tax_behavior="exclusive",
            **facts,
        )
        order = create_purchase_order(purchase=purchase, origin=self.origin())
        allocate_receipt_number(order=order, origin=self.origin())
        payment = self.charge(order)
        order.refresh_from_db()
        return order, payment

    def charge(self, order: Order) -> Payment:
        """The card pays what is due."""
        key = new_id().hex
        charge = Charge(
            id=f"ch_{key}",
            intent_id=f"pi_{key}",
            status="succeeded",
            amount=order.due_amount,
            currency=order.currency,
            customer_id=None,
            method=MethodFacts(
                processor_id=f"pm_{key}",
                type="card",
                metadata={"brand": "visa", "last4": "4242", "country": "FR"},
            ),
            metadata={
                "organization_id": str(self.organization.pk),
                "order_id": str(order.pk),
                "payment_trigger": "purchase",
            },
            risk_level="normal",
            risk_score=12,
            failure_code=None,
            decline_reason=None,
            failure_message=None,
            balance_transaction_id=f"txn_{key}",
            used_3ds=False,
            created_at=self.at,
        )
        payment = book_charge(
            charge=charge, settlement=self._settled(order.due_amount, 59), origin=self.origin()
        )
        assert payment is not None and payment.booked_at
        return payment

    def give_back(self, payment: Payment, gross: int, *, fails: bool = False) -> None:
        """A refund made at the processor; one that fails after it has succeeded is undone."""
        key = new_id().hex
        facts: dict[str, Any] = {
            "id": f"re_{key}",
            "charge_id": payment.processor_id,
            "intent_id": payment.intent_id,
            "amount": gross,
            "currency": payment.currency,
            "reason": None,
            "settlement": self._settled(-gross),
            "created_at": self.at,
        }
        record_refund(facts=RefundFacts(status="succeeded", **facts), origin=self.origin())
        if fails:
            facts |= {"failure_reason": "unknown", "return_settlement": self._settled(gross)}
            record_refund(facts=RefundFacts(status="failed", **facts), origin=self.origin())

    def contest(self, payment: Payment, status: str) -> None:
        """The bank takes the payment back, and with `lost` keeps it."""
        facts = DisputeFacts(
            id=f"dp_{new_id().hex}",
            charge_id=payment.processor_id,
            status=status,
            amount=payment.amount,
            currency=payment.currency,
            reason="fraudulent",
            withdrawals=(self._settled(-payment.amount, 1_500),),
            created_at=self.at,
        )
        assert record_dispute(facts=facts, origin=self.origin())

    def _settled(self, amount: int, fee: int = 0) -> BalanceTransaction:
        return BalanceTransaction(
            id=f"txn_{new_id().hex}",
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency="usd",
            exchange_rate=None,
            available_at=self.at + timedelta(days=2),
        )


def make_world() -> World:
    """All of it, a month ago, and sound."""
    business = Business(system_time() - timedelta(days=30))
    organization = business.organization
    grant_fee_credit(
        organization_id=organization.pk, title="Gift", amount=100, origin=business.origin()
    )
    order, payment = business.sell()
    refunded, second = business.sell()
    business.give_back(second, 6_000)
    business.give_back(second, 1_200, fails=True)
    for status in ("needs_response", "lost"):
        business.contest(business.sell()[1], status)
    keep_back(organization, at=business.origin().at)
    wallet = _wallet(business)
    _discount(business)
    payout, manual = _payouts(business)
    subscription = _subscription(business)
    _machinery(business, order)
    with connection.cursor() as cursor:
        for behind in (5, 0):
            cursor.execute(TAKE_CHECKPOINTS.format(behind))
        # No foreign key is left to be checked when a damage takes a constraint away.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return World(
        organization=organization,
        other=make_organization(),
        customer=business.customer,
        order=order,
        payment=payment,
        refunded=refunded,
        wallet=wallet,
        payout=payout,
        manual=manual,
        canceled_lines=payout.lines.count(),
        subscription=subscription,
    )


def _wallet(business: Business) -> Wallet:
    origin = business.origin()
    adjust_wallet(
        customer=business.customer, currency="usd", amount=500, note="Sorry", origin=origin
    )
    wallet = create_wallet(customer=business.customer, currency="usd", origin=origin)
    order = create_top_up_order(
        customer=business.customer, amount=2_000, currency="usd", origin=origin
    )
    promise_top_up(
        wallet=require_fillable(wallet_id=wallet.pk),
        order_id=order.pk,
        amount=2_000,
        charged_amount=order.due_amount,
        origin=origin,
    )
    pay_order(order_id=order.pk, origin=business.origin())
    credit_top_up(order_id=order.pk, origin=business.origin())
    order.refresh_from_db()
    business.charge(order)
    return wallet


def _discount(business: Business) -> None:
    data = DiscountInput(
        name="Spring", type="percentage", basis_points=1_000, duration="once", max_redemptions=1
    )
    discount = create_discount(
        organization=business.organization, data=data, origin=business.origin()
    )
    redeem(
        discount=discount,
        checkout_id=new_id(),
        customer=business.customer,
        email=business.customer.email,
        origin=business.origin(),
    )


def _payouts(business: Business) -> tuple[Payout, Payout]:
    """One that the bank has paid and was invoiced, one that people paid."""
    organization = business.organization
    business.at += timedelta(days=8)
    link(organization, make_account(at=business.at), at=business.at)
    payout = request_payout(organization_id=organization.pk, origin=business.origin())
    payout = transferred(payout, at=business.origin().at)
    attempt = begin_attempt(payout_id=payout.pk, origin=business.origin())
    facts = bank_payout("paid", at=business.at, amount=attempt.amount)
    settle_attempt(attempt_id=attempt.pk, facts=facts, origin=business.origin())
    set_payout_billing(
        organization_id=organization.pk,
        name="Acme Inc.",
        address={"country": "US"},
        origin=business.origin(),
    )
    payout = issue_reverse_invoice(payout_id=payout.pk, origin=business.origin())
    business.sell()
    business.at += timedelta(days=8)
    link(organization, make_account(at=business.at, type="manual"), at=business.at)
    manual = request_payout(organization_id=organization.pk, origin=business.origin())
    prove(manual, at=business.at)
    manual = mark_payout_paid(
        payout_id=manual.pk,
        reference="SEPA 1",
        agreed=plan_mark_payout_paid(payout=manual).fingerprint,
        origin=business.origin(),
    )
    return payout, manual


def _subscription(business: Business) -> Subscription:
    """Begun forty days ago; what its period costs waits to be billed."""
    begun = system_time() - timedelta(days=40)
    subscription = make_subscription(
        business.organization, 2_000, moment=begun, customer=business.customer
    )
    Subscription.objects.filter(pk=subscription.pk).update(
        current_period_start_at=begun, current_period_end_at=system_time() + timedelta(days=20)
    )
    subscription.refresh_from_db()
    write_cycle_entries(subscription, business.origin())
    return subscription


def _machinery(business: Business, order: Order) -> None:
    event = record(
        "order.paid",
        subject=order,
        organization_id=business.organization.pk,
        origin=business.origin(),
    )
    now = system_time()
    Delivery.objects.filter(done_at=None).update(done_at=now)
    Delivery.objects.create(event=event, handler="tests.seen", done_at=now)
    InboundEvent.objects.create(
        external_id=f"evt_{new_id().hex}", type="charge.succeeded", status="handled",
        received_at=now, handled_at=now, payload={},
    )  # fmt: skip
    PeriodicRun.objects.create(
        name="events.sweep", slot="1", started_at=now, finished_at=now, outcome="succeeded"
    )
    DeadTask.objects.create(
        task_id=new_id().hex, name="events.deliver_event", queue="high", error="gone",
        failed_at=now, retried_at=now,
    )  # fmt: skip
    ChargeAttempt.objects.create(
        created_at=now, organization=business.organization, order=order, status="succeeded",
        key=new_id().hex, request={},
    )  # fmt: skip
