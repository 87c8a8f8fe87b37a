"""A merchant in business at the sandbox, and what befalls it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

from django.test import override_settings

from apps.core.errors import DomainError
from apps.core.jobs import KeptJob
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.customers.models import Customer
from apps.disputes.operations.recording import take_dispute
from apps.events.models import Delivery
from apps.events.operations import deliver
from apps.organizations.models import Organization
from apps.payments.models import Payment, Refund
from apps.payments.operations import (
    finalize_order,
    import_refund,
)
from apps.payouts import inbound
from apps.payouts.models import PayoutAttempt
from apps.processors.models import InboundEvent
from apps.wallets.models import Wallet
from apps.wallets.operations import adjust_wallet
from tests.support.cards import attach_card
from tests.support.drafts import make_buyer, make_draft
from tests.support.stripesim import StripeSim


@dataclass
class World:
    """The merchant, its customers, and the time."""

    sim: StripeSim
    random: Random
    organization: Organization
    customers: list[Customer] = field(default_factory=list)
    elapsed: timedelta = timedelta()
    at_stripe: list[str] = field(default_factory=list)

    @property
    def origin(self) -> Origin:
        origin = build_origin(
            actor=Actor.STAFF, door=Door.BACKOFFICE, actor_label="finance@example.com"
        )
        return replace(origin, at=origin.at + self.elapsed, reason="Asked by phone")

    # What befalls it.

    def befall(self) -> None:
        """Something that nobody plans."""
        names = ["sell"] * 3 + ["wait"] * 3 + ["bank_speaks"] * 3 + ["refund_at_stripe"]
        names += ["bounce"] * 2 + ["dispute"]
        getattr(self, f"_{self.random.choice(names)}")()

    def _sell(self) -> None:
        customer = self.random.choice(self.customers)
        with override_settings(TAX_CALCULATORS=["tests.support.calculators.FifthCalculator"]):
            order = make_draft(self.organization, customer, self.random.randint(100, 9000))
        finalize_order(order_id=order.pk, origin=self.origin)

    def _wait(self) -> None:
        self.elapsed += timedelta(hours=self.random.randint(1, 240))

    def _bank_speaks(self) -> None:
        attempt = self.one_of(PayoutAttempt.objects.exclude(processor_id=""))
        if attempt is None:
            return
        outcome = self.random.choice(["paid", "failed", "failed", "in_transit"])
        try:
            self.sim.control(f"payouts/{attempt.processor_id}", {"outcome": outcome})
        except OSError:
            # It has ended otherwise.
            return
        options: Any = {"stripe_account": attempt.payout.payout_account.processor_id}
        client = self.sim.client().v1.payouts
        found = client.retrieve(attempt.processor_id, None, options)
        inbound.take_bank_payout(found.to_dict(), InboundEvent(), self.origin)
        if outcome == "failed" and self.random.random() < 0.7:
            # The holder gives another bank account.
            account = attempt.payout.payout_account.processor_id or ""
            self.sim.client().v1.accounts.update(account, {"external_account": "btok_us"})

    def _refund_at_stripe(self) -> None:
        payment = self.one_of(Payment.objects.filter(status="succeeded"))
        if payment is None:
            return
        amount = self.random.randint(1, max(1, payment.amount // 3))
        params: Any = {"charge": payment.processor_id, "amount": amount}
        try:
            self.at_stripe.append(self.sim.client().v1.refunds.create(params).id)
        except Exception:
            # Nothing left of it, or disputed.
            return

    def _bounce(self) -> None:
        """The bank sends a refund back; sometimes we are told, sometimes staff have to look."""
        refund = self.one_of(Refund.objects.filter(status="succeeded"))
        if refund is None or refund.processor_id is None:
            return
        try:
            self.sim.control(f"refunds/{refund.processor_id}", {"outcome": "fail"})
        except OSError:
            return
        self.at_stripe.append(refund.processor_id)
        if self.random.random() < 0.5:
            self.at_stripe.pop()
            import_refund(processor_id=refund.processor_id, origin=self.origin)

    def _dispute(self) -> None:
        payment = self.one_of(Payment.objects.filter(status="succeeded"))
        if payment is None:
            return
        is_inquiry = self.random.random() < 0.3
        wish = {"charge": payment.processor_id, "inquiry": is_inquiry}
        try:
            made = self.sim.control("disputes", wish)
        except OSError:
            return
        take_dispute(processor_id=made["id"], charge_id=payment.processor_id, origin=self.origin)

    def hear_all(self) -> None:
        """What happened to refunds at Stripe is told at last, in the order in which it did."""
        for processor_id in self.at_stripe:
            import_refund(processor_id=processor_id, origin=self.origin)
        self.at_stripe.clear()

    # Finding.

    def organization_now(self) -> Organization:
        return Organization.objects.get(pk=self.organization.pk)

    def one_of(self, rows: Any) -> Any:
        found = list(rows.filter(organization=self.organization).order_by("pk"))
        return self.random.choice(found) if found else None

    def wallet_of(self, customer: Customer | None) -> Wallet | None:
        return Wallet.objects.filter(customer=customer, type="billing").first()


def settle_in(world: World, customers: int = 4) -> None:
    """Customers with saved cards, some of them with credit, and a first sale to each."""
    for _ in range(customers):
        customer = make_buyer(world.organization)
        attach_card(world.sim, customer, "pm_card_visa")
        world.customers.append(customer)
        adjust_wallet(
            customer=customer,
            currency="usd",
            amount=world.random.randint(-500, 1500),
            note="",
            origin=world.origin,
        )


def deliver_all(origin: Origin) -> None:
    """What the outbox owes, mails among it."""
    while rows := list(Delivery.objects.filter(done_at=None, given_up_at=None)[:50]):
        for row in rows:
            assert deliver(delivery_id=row.pk, origin=origin), row.last_error


def run_payout_jobs(jobs: list[KeptJob]) -> None:
    """What jobs of payouts go on with; the other jobs are of no interest here."""
    while jobs:
        job = jobs.pop(0)
        if job.name.startswith("payouts."):
            try:
                job.run()
            except DomainError:
                # Refused: the payout says why.
                continue
