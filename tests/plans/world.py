"""A merchant in business at the sandbox, what befalls it, and what staff may do to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

from django.db.models import Model
from django.test import override_settings

from apps.core.errors import DomainError
from apps.core.jobs import KeptJob
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.core.plans import Plan
from apps.customers.models import Customer
from apps.disputes.models import Dispute
from apps.disputes.operations import accept_dispute, plan_accept_dispute
from apps.disputes.operations.recording import take_dispute
from apps.events.models import Delivery
from apps.events.operations import deliver
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import Payment, Refund
from apps.payments.operations import (
    RefundInput,
    credit_refund,
    finalize_order,
    import_refund,
    plan_credit_refund,
    plan_import_refund,
    plan_refund_order,
    plan_retry_refund,
    refund_order,
    retry_refund,
)
from apps.payouts import inbound
from apps.payouts.models import Hold, Payout, PayoutAttempt, Reserve
from apps.payouts.operations import (
    HoldTerms,
    ReserveTerms,
    cancel_payout,
    mark_payout_paid,
    place_hold,
    plan_cancel_payout,
    plan_mark_payout_paid,
    plan_place_hold,
    plan_release_hold,
    plan_release_reserve,
    plan_request_payout,
    plan_retry_payout,
    plan_set_reserve,
    release_hold,
    release_reserve,
    request_payout,
    retry_payout,
    set_reserve,
)
from apps.processors.models import InboundEvent
from apps.wallets.models import Wallet
from apps.wallets.operations import adjust_wallet, plan_wallet_adjustment
from tests.support.cards import attach_card
from tests.support.drafts import make_buyer, make_draft
from tests.support.stripesim import StripeSim


@dataclass(frozen=True)
class Deed:
    """Something that staff may do: planned, and done as agreed."""

    name: str
    plan: Callable[[], Plan]
    act: Callable[[str], Any]
    focus: tuple[Model | str | None, ...] = ()


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
        attempt = self._one(PayoutAttempt.objects.exclude(processor_id=""))
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
        payment = self._one(Payment.objects.filter(status="succeeded"))
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
        refund = self._one(Refund.objects.filter(status="succeeded"))
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
        payment = self._one(Payment.objects.filter(status="succeeded"))
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

    # What staff do.

    def deed(self) -> Deed | None:
        """Something that they may want, possible or not; None with nothing to do it to."""
        made: Deed | None = self.random.choice(DEEDS)(self)
        return made

    def refund(self) -> Deed | None:
        order = self._one(Order.objects.filter(status__in=("paid", "partially_refunded")))
        if order is None:
            return None
        most = order.net_amount
        amount = self.random.choice([None, self.random.randint(1, most + most // 5 + 1)])
        asked = RefundInput(reason="other", source="staff", amount=amount)
        origin = self.origin
        return Deed(
            f"refund {amount} of {order}",
            lambda: plan_refund_order(order_id=order.pk, data=asked, origin=origin),
            lambda agreed: refund_order(
                order_id=order.pk, data=asked, agreed=agreed, origin=origin
            ),
            (order, self._wallet(order.customer)),
        )

    def retry_refund(self) -> Deed | None:
        refund = self._one(Refund.objects.filter(attention_at__isnull=False))
        if refund is None:
            return None
        origin = self.origin
        return Deed(
            f"retry_refund {refund}",
            lambda: plan_retry_refund(refund_id=refund.pk, origin=origin),
            lambda agreed: retry_refund(refund_id=refund.pk, agreed=agreed, origin=origin),
            (refund, refund.order, self._wallet(refund.customer)),
        )

    def credit_refund(self) -> Deed | None:
        refund = self._one(Refund.objects.filter(status="failed"))
        if refund is None:
            return None
        origin = self.origin
        return Deed(
            f"credit {refund}",
            lambda: plan_credit_refund(refund_id=refund.pk, origin=origin),
            lambda agreed: credit_refund(refund_id=refund.pk, agreed=agreed, origin=origin),
            (refund, self._wallet(refund.customer)),
        )

    def import_refund(self) -> Deed | None:
        if not self.at_stripe:
            return None
        found = self.random.choice(self.at_stripe)
        charge = self.sim.client().v1.refunds.retrieve(found).charge
        payment = Payment.objects.get(processor_id=charge)
        origin = self.origin
        return Deed(
            f"import {found}",
            lambda: plan_import_refund(processor_id=found, origin=origin),
            lambda agreed: import_refund(processor_id=found, agreed=agreed, origin=origin),
            (found, payment.order, self._wallet(payment.customer)),
        )

    def adjust(self) -> Deed | None:
        customer = self.random.choice(self.customers)
        amount = self.random.randint(-2000, 3000)
        origin, what = self.origin, {"customer": customer, "currency": "usd", "amount": amount}
        return Deed(
            f"adjust {customer} by {amount}",
            lambda: plan_wallet_adjustment(**what),
            lambda agreed: adjust_wallet(**what, note="", agreed=agreed, origin=origin),
            (self._wallet(customer),),
        )

    def request(self) -> Deed | None:
        origin, organization = self.origin, self._organization()
        return Deed(
            "request_payout",
            lambda: plan_request_payout(organization=organization, origin=origin),
            lambda agreed: request_payout(
                organization_id=organization.pk, agreed=agreed, origin=origin
            ),
        )

    def retry_payout(self) -> Deed | None:
        is_likely = self.random.random() < 0.8
        rows = Payout.objects.filter(status="failed") if is_likely else Payout.objects.all()
        payout = self._one(rows)
        if payout is None:
            return None
        amount = self.random.choice([None, self.random.randint(1, payout.amount)])
        origin = self.origin
        return Deed(
            f"retry_payout {amount} of {payout}",
            lambda: plan_retry_payout(payout=payout, amount=amount),
            lambda agreed: retry_payout(
                payout_id=payout.pk, amount=amount, agreed=agreed, origin=origin
            ),
            (payout,),
        )

    def cancel_payout(self) -> Deed | None:
        payout = self._one(Payout.objects.all())
        if payout is None:
            return None
        origin = self.origin
        return Deed(
            f"cancel_payout {payout}",
            lambda: plan_cancel_payout(payout=payout),
            lambda agreed: cancel_payout(payout_id=payout.pk, agreed=agreed, origin=origin),
            (payout,),
        )

    def mark_paid(self) -> Deed | None:
        payout = self._one(Payout.objects.all())
        if payout is None:
            return None
        origin = self.origin
        return Deed(
            f"mark_paid {payout}",
            lambda: plan_mark_payout_paid(payout=payout),
            lambda agreed: mark_payout_paid(
                payout_id=payout.pk, reference="WIRE", agreed=agreed, origin=origin
            ),
            (payout,),
        )

    def hold(self) -> Deed | None:
        origin, organization = self.origin, self._organization()
        terms = HoldTerms(amount=self.random.randint(1, 5000))
        return Deed(
            f"hold {terms.amount}",
            lambda: plan_place_hold(organization=organization, terms=terms, origin=origin),
            lambda agreed: place_hold(
                organization_id=organization.pk, terms=terms, agreed=agreed, origin=origin
            ),
        )

    def release_hold(self) -> Deed | None:
        hold = self._one(Hold.objects.all())
        if hold is None:
            return None
        origin = self.origin
        return Deed(
            f"release_hold {hold}",
            lambda: plan_release_hold(hold=hold, origin=origin),
            lambda agreed: release_hold(hold_id=hold.pk, agreed=agreed, origin=origin),
            (hold,),
        )

    def set_reserve(self) -> Deed | None:
        origin, organization = self.origin, self._organization()
        terms = ReserveTerms(kind="fixed", amount=self.random.randint(1, 5000))
        if self.random.random() < 0.3:
            terms = ReserveTerms(kind="rolling", bps=500, days=30)
        return Deed(
            f"reserve {terms.amount}",
            lambda: plan_set_reserve(organization=organization, terms=terms, origin=origin),
            lambda agreed: set_reserve(
                organization_id=organization.pk, terms=terms, agreed=agreed, origin=origin
            ),
        )

    def release_reserve(self) -> Deed | None:
        reserve = self._one(Reserve.objects.all())
        if reserve is None:
            return None
        origin, keeps_dates = self.origin, self.random.random() < 0.3
        return Deed(
            f"release_reserve {reserve}",
            lambda: plan_release_reserve(reserve=reserve, keeps_dates=keeps_dates, origin=origin),
            lambda agreed: release_reserve(
                reserve_id=reserve.pk, keeps_dates=keeps_dates, agreed=agreed, origin=origin
            ),
            (reserve,),
        )

    def accept_dispute(self) -> Deed | None:
        dispute = self._one(Dispute.objects.all())
        if dispute is None:
            return None
        origin = self.origin
        return Deed(
            f"accept {dispute}",
            lambda: plan_accept_dispute(dispute_id=dispute.pk, origin=origin),
            lambda agreed: accept_dispute(dispute_id=dispute.pk, agreed=agreed, origin=origin),
            (dispute, dispute.order, self._wallet(dispute.customer)),
        )

    # Finding.

    def _organization(self) -> Organization:
        return Organization.objects.get(pk=self.organization.pk)

    def _one(self, rows: Any) -> Any:
        found = list(rows.filter(organization=self.organization).order_by("pk"))
        return self.random.choice(found) if found else None

    def _wallet(self, customer: Customer | None) -> Wallet | None:
        return Wallet.objects.filter(customer=customer, type="billing").first()


DEEDS: list[Callable[[World], Deed | None]] = [
    *[World.refund] * 4,
    *[World.retry_refund] * 2,
    World.credit_refund,
    *[World.import_refund] * 3,
    *[World.adjust] * 2,
    *[World.request] * 3,
    *[World.retry_payout] * 3,
    *[World.cancel_payout] * 2,
    World.mark_paid,
    World.hold,
    World.release_hold,
    World.set_reserve,
    World.release_reserve,
    World.accept_dispute,
]


def found(world: World, customers: int = 4) -> World:
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
    return world


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
