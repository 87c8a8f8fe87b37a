"""
A quarter of a merchant's business at the sandbox: sales, refunds, disputes and payouts.

The same script can be lived through with every webhook handled as it comes, or with those of a
whole week held back, then delivered shuffled, each several times, and handled in any order. About
a third of what happens reaches us by webhook alone: answers are lost, refunds and disputes are
begun at the processor, buyers pay without naming what for.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import override_settings

from apps.core.clock import pinned, system_time
from apps.core.errors import DomainError
from apps.core.jobs import keep_jobs
from apps.core.origin import Door, Origin, system_origin
from apps.customers.models import Customer
from apps.events.models import Delivery
from apps.events.tasks import deliver_event
from apps.orders.models import Order
from apps.orders.operations import DraftInput, create_draft_order
from apps.organizations.models import Organization
from apps.payments.models import Payment
from apps.payments.operations import RefundInput, finalize_order, refund_order
from apps.payouts.errors import InsufficientBalance
from apps.payouts.operations import (
    create_payout_account,
    request_payout,
    send_payout_to_bank,
    take_account_facts,
    transfer_payout,
)
from apps.processors import gateway
from apps.processors.operations import handle_inbound_event
from tests.support.drafts import allow_off_session, make_buyer, make_product, save_card
from tests.support.payouts import link
from tests.support.tills import Till, provider

WEEK = timedelta(days=7)
WEEKS = 13
CARDS = ("pm_card_visa", "pm_card_mastercard", "pm_card_visa")
CALCULATOR = "tests.support.calculators.FifthCalculator"
# What every account holds of an organization's entries, whoever's account it is.
_HELD = """
    SELECT a.kind, a.currency, sum(CASE a.id WHEN t.debit_account_id THEN t.amount
        ELSE -t.amount END)
    FROM ledger_transfer t JOIN ledger_entry e ON e.id = t.entry_id
    JOIN ledger_account a ON a.id IN (t.debit_account_id, t.credit_account_id)
    WHERE e.organization_id = %s GROUP BY 1, 2 ORDER BY 1, 2"""


@dataclass
class Quarter:
    """One merchant's quarter of about `count` orders; `is_orderly` says how webhooks arrive."""

    till: Till
    organization: Organization
    count: int
    is_orderly: bool
    seed: int = 1
    at: datetime = field(default_factory=system_time)
    orders: list[Order] = field(default_factory=list)
    disputes: list[str] = field(default_factory=list)
    buyers: list[Customer] = field(default_factory=list)
    touched: set[UUID] = field(default_factory=set)
    handled: int = 0

    def live(self) -> Quarter:
        """All of it, until everything has matured and is paid out."""
        # What happens is drawn from one source, in which order it is heard of from another.
        self.fate, self.post = random.Random(self.seed), random.Random(self.seed + 1)
        begun = self.at
        with override_settings(TAX_CALCULATORS=[CALCULATOR]):
            self._open()
            for week in range(WEEKS):
                self.at = begun + week * WEEK
                self._sell_for_a_week()
                self._settle_week(begun + (week + 1) * WEEK)
            self._settle_week(begun + (WEEKS + 2) * WEEK)
        return self

    def held(self) -> list[tuple[str, str, int]]:
        """What the books say, by kind of account and currency."""
        with connection.cursor() as cursor:
            cursor.execute(_HELD, [self.organization.pk])
            return [(kind, currency, int(amount)) for kind, currency, amount in cursor.fetchall()]

    def fingerprint(self) -> str:
        """A hash of all balances."""
        return hashlib.sha256(repr(self.held()).encode()).hexdigest()

    # What happens.

    def _open(self) -> None:
        sim, organization = self.till.sim, self.organization
        sim.control("config", {"refunds_need_balance": False})
        sim.control("balance", {"amount": 100_000_000})
        allow_off_session(organization)
        Organization.objects.filter(pk=organization.pk).update(default_tax_behavior="exclusive")
        organization.refresh_from_db()
        self.product = make_product(organization)
        for card in CARDS:
            self.buyers.append(make_buyer(organization))
            save_card(self.till, self.buyers[-1], card)
        origin = self._origin()
        account = create_payout_account(type="stripe", country="US", currency="usd", origin=origin)
        facts = gateway.read_connected_account(sim.control("accounts", {})["id"])
        account = take_account_facts(account_id=account.pk, facts=facts, origin=origin)
        link(organization, account, at=self.at)

    def _sell_for_a_week(self) -> None:
        # What was sold before this week, and is as it was sold: all of it is heard of by now.
        old = [one for one in self.orders if one.pk not in self.touched]
        if not self.is_orderly:
            self.till.sim.control("deliveries/pause", {})
        for number in range(self.count // WEEKS + 1):
            # Within the first three days, so that what is heard of late matures with the rest.
            self.at += timedelta(minutes=self.fate.randint(1, 60))
            self._act(lambda number=number: self._sell(number))
            chance = self.fate.random()
            pick = self.fate.random()
            if old and chance < 0.22:
                order = self._pick(old, pick)
                part = self.fate.choice((None, 300, 500))
                by_us = self.fate.random() < 0.5
                self._act(lambda: self._refund(order, part, by_us=by_us))  # noqa: B023
            elif old and chance < 0.30:
                order = self._pick(old, pick)
                outcome = self.fate.choice(("won", "lost", ""))
                self._act(lambda: self._dispute(order, outcome))  # noqa: B023
            elif chance < 0.34:
                self._act(self._pay_nothing)
            elif self.disputes and chance < 0.40:
                dispute = self.disputes.pop()
                outcome = self.fate.choice(("won", "lost"))
                self._act(lambda: self._decide(dispute, outcome))  # noqa: B023

    def _pick(self, orders: list[Order], pick: float) -> Order:
        order = orders.pop(int(pick * len(orders)))
        self.touched.add(order.pk)
        return order

    def _sell(self, number: int) -> None:
        data = DraftInput(
            customer_id=self.fate.choice(self.buyers).pk,
            product_id=self.product.pk,
            amount=self.fate.randint(1_000, 20_000),
        )
        order = create_draft_order(organization=self.organization, data=data, origin=self._origin())
        self.orders.append(order)
        if number % 3 == 0:
            self._lose_next("/v1/payment_intents$")
        with suppress(DomainError):
            finalize_order(order_id=order.pk, origin=self._origin())

    def _refund(self, order: Order, part: int | None, *, by_us: bool) -> None:
        if by_us:
            data = RefundInput(reason="customer_request", source="api", amount=part)
            refund_order(order_id=order.pk, data=data, origin=self._origin())
            return
        charge = Payment.objects.get(order=order, status="succeeded").processor_id
        params: dict[str, Any] = {"charge": charge} | ({"amount": part} if part else {})
        made = self.till.sim.client().v1.refunds.create(params)  # type: ignore[arg-type]
        if part == 500:
            self.till.sim.control(f"refunds/{made.id}", {"outcome": "fail"})

    def _dispute(self, order: Order, outcome: str) -> None:
        charge = Payment.objects.get(order=order, status="succeeded").processor_id
        made = self.till.sim.control("disputes", {"charge": charge})["id"]
        if outcome:
            self.till.sim.control(f"disputes/{made}", {"outcome": outcome})
        else:
            self.disputes.append(made)

    def _decide(self, dispute: str, outcome: str) -> None:
        self.till.sim.control(f"disputes/{dispute}", {"outcome": outcome})

    def _pay_nothing(self) -> None:
        self.till.sim.client().v1.payment_intents.create(
            {
                "amount": self.fate.randint(1_000, 3_000),
                "currency": "usd",
                "payment_method": "pm_card_visa",
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "metadata": {"organization_id": str(self.organization.pk)},
            }
        )

    def _settle_week(self, end: datetime) -> None:
        """Everything is heard of, then what has matured is paid out."""
        self.at = max(end - timedelta(days=3), self.at)
        if not self.is_orderly:
            self.till.sim.control("deliveries/shuffle", {"on": True})
            self.till.sim.control("deliveries/duplicate", {"copies": 3})
            self.till.sim.control("deliveries/resume", {})
        self._hear()
        self.at = end
        # Nothing to be paid out is an answer, too.
        with suppress(InsufficientBalance):
            self._act(self._pay_out)
        self._hear()

    def _pay_out(self) -> None:
        payout = request_payout(organization_id=self.organization.pk, origin=self._origin())
        transfer_payout(payout_id=payout.pk, origin=self._origin())
        attempt = send_payout_to_bank(payout_id=payout.pk, origin=self._origin())
        assert attempt is not None
        self.till.sim.control(f"payouts/{attempt.processor_id}", {"outcome": "paid"})

    def _lose_next(self, path: str) -> None:
        rule = {"kind": "drop_after", "method": "POST", "path": path, "count": 1}
        self.till.sim.control("faults", rule)

    # How it is heard of.

    def _act(self, act: Callable[[], object]) -> None:
        with pinned(self.at), keep_jobs():
            act()
        if self.is_orderly:
            self._hear()

    def _hear(self) -> None:
        """Have what is due delivered, and handle it: in its order, or in any."""
        self.till.deliver()
        for _ in range(12):
            events = self.till.open_events()
            if not events:
                break
            if not self.is_orderly:
                self.post.shuffle(events)
            for event in events:
                with pinned(self.at), keep_jobs() as jobs:
                    self.handled += handle_inbound_event(event_id=event.pk, origin=provider())
                    self._work(jobs)
            self.till.deliver()
        assert not self.till.open_events(), [
            (one.type, one.last_error) for one in self.till.open_events()
        ]
        with pinned(self.at), keep_jobs() as jobs:
            for key in Delivery.objects.filter(done_at=None).values_list("event_id", flat=True):
                deliver_event(event_id=str(key))
            self._work(jobs)

    @staticmethod
    def _work(jobs: list[Any]) -> None:
        while jobs:
            job = jobs.pop(0)
            if not job.countdown and not job.name.startswith("processors."):
                job.run()

    def _origin(self) -> Origin:
        with pinned(self.at):
            return system_origin(Door.TASK)
