"""What staff may do to a merchant: planned, and done as agreed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model

from apps.core.plans import Plan
from apps.disputes.models import Dispute
from apps.disputes.operations import accept_dispute, plan_accept_dispute
from apps.ledger.models import FeeCredit
from apps.ledger.operations import (
    grant_fee_credit,
    plan_grant_fee_credit,
    plan_revoke_fee_credit,
    plan_set_fee_terms,
    revoke_fee_credit,
    set_fee_terms,
)
from apps.ledger.selectors import fee_terms
from apps.orders.models import Order
from apps.orders.operations import (
    block_refunds,
    plan_block_refunds,
    plan_unblock_refunds,
    unblock_refunds,
)
from apps.payments.models import Payment, Refund
from apps.payments.operations import (
    RefundInput,
    credit_refund,
    import_refund,
    plan_credit_refund,
    plan_import_refund,
    plan_refund_order,
    plan_retry_refund,
    refund_order,
    retry_refund,
)
from apps.payouts.models import Hold, Payout, PayoutProfile, Reserve
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
    plan_set_payout_billing,
    plan_set_reserve,
    release_hold,
    release_reserve,
    request_payout,
    retry_payout,
    set_payout_billing,
    set_reserve,
)
from apps.wallets.operations import adjust_wallet, plan_wallet_adjustment
from tests.plans.world import World


@dataclass(frozen=True)
class Deed:
    """Something that staff may do: planned, and done as agreed."""

    name: str
    plan: Callable[[], Plan]
    act: Callable[[str], Any]
    focus: tuple[Model | str | None, ...] = ()


class Office(World):
    """The merchant, with staff who look after it."""

    def block_refunds(self) -> Deed | None:
        order = self.one_of(Order.objects.exclude(status="pending"))
        if order is None:
            return None
        origin, is_lifted = self.origin, self.random.random() < 0.8
        plan = plan_unblock_refunds if is_lifted else plan_block_refunds
        act = unblock_refunds if is_lifted else block_refunds
        return Deed(
            f"{act.__name__} of {order}",
            lambda: plan(order_id=order.pk, origin=origin),
            lambda agreed: act(order_id=order.pk, agreed=agreed, origin=origin),
            (order,),
        )

    def set_terms(self) -> Deed | None:
        origin, organization = self.origin, self.organization_now()
        before = fee_terms(organization.pk)
        rates = replace(before.rates, fraud_warning_amount=self.random.choice([0, 25]))
        terms = replace(before, name="custom", rates=rates)
        return Deed(
            "set_terms",
            lambda: plan_set_fee_terms(organization_id=organization.pk, terms=terms, origin=origin),
            lambda agreed: set_fee_terms(
                organization_id=organization.pk, terms=terms, agreed=agreed, origin=origin
            ),
        )

    def grant_credit(self) -> Deed | None:
        origin, organization = self.origin, self.organization_now()
        asked = {"title": "Sorry", "amount": self.random.randint(0, 500)}
        return Deed(
            "grant_credit",
            lambda: plan_grant_fee_credit(organization_id=organization.pk, **asked, origin=origin),
            lambda agreed: grant_fee_credit(
                organization_id=organization.pk, **asked, agreed=agreed, origin=origin
            ),
        )

    def revoke_credit(self) -> Deed | None:
        credit = self.one_of(FeeCredit.objects.all())
        if credit is None:
            return None
        origin = self.origin
        return Deed(
            f"revoke_credit {credit.pk}",
            lambda: plan_revoke_fee_credit(credit_id=credit.pk, origin=origin),
            lambda agreed: revoke_fee_credit(credit_id=credit.pk, agreed=agreed, origin=origin),
            (credit,),
        )

    def set_billing(self) -> Deed | None:
        origin, organization = self.origin, self.organization_now()
        name = self.random.choice(["Acme", "Acme Ltd"])
        asked: dict[str, Any] = {"name": name, "address": {"country": "US"}}
        return Deed(
            "set_billing",
            lambda: plan_set_payout_billing(organization=organization, **asked),
            lambda agreed: set_payout_billing(
                organization_id=organization.pk, **asked, agreed=agreed, origin=origin
            ),
            (PayoutProfile.objects.filter(organization=organization).first(),),
        )

    def deed(self) -> Deed | None:
        """Something that they may want, possible or not; None with nothing to do it to."""
        made: Deed | None = self.random.choice(DEEDS)(self)
        return made

    def refund(self) -> Deed | None:
        order = self.one_of(Order.objects.filter(status__in=("paid", "partially_refunded")))
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
            (order, self.wallet_of(order.customer)),
        )

    def retry_refund(self) -> Deed | None:
        refund = self.one_of(Refund.objects.filter(attention_at__isnull=False))
        if refund is None:
            return None
        origin = self.origin
        return Deed(
            f"retry_refund {refund}",
            lambda: plan_retry_refund(refund_id=refund.pk, origin=origin),
            lambda agreed: retry_refund(refund_id=refund.pk, agreed=agreed, origin=origin),
            (refund, refund.order, self.wallet_of(refund.customer)),
        )

    def credit_refund(self) -> Deed | None:
        refund = self.one_of(Refund.objects.filter(status="failed"))
        if refund is None:
            return None
        origin = self.origin
        return Deed(
            f"credit {refund}",
            lambda: plan_credit_refund(refund_id=refund.pk, origin=origin),
            lambda agreed: credit_refund(refund_id=refund.pk, agreed=agreed, origin=origin),
            (refund, self.wallet_of(refund.customer)),
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
            (found, payment.order, self.wallet_of(payment.customer)),
        )

    def adjust(self) -> Deed | None:
        customer = self.random.choice(self.customers)
        amount = self.random.randint(-2000, 3000)
        origin, what = self.origin, {"customer": customer, "currency": "usd", "amount": amount}
        return Deed(
            f"adjust {customer} by {amount}",
            lambda: plan_wallet_adjustment(**what),
            lambda agreed: adjust_wallet(**what, note="", agreed=agreed, origin=origin),
            (self.wallet_of(customer),),
        )

    def request(self) -> Deed | None:
        origin, organization = self.origin, self.organization_now()
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
        payout = self.one_of(rows)
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
        payout = self.one_of(Payout.objects.all())
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
        payout = self.one_of(Payout.objects.all())
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
        origin, organization = self.origin, self.organization_now()
        terms = HoldTerms(amount=self.random.randint(1, 5000))
        return Deed(
            f"hold {terms.amount}",
            lambda: plan_place_hold(organization=organization, terms=terms, origin=origin),
            lambda agreed: place_hold(
                organization_id=organization.pk, terms=terms, agreed=agreed, origin=origin
            ),
        )

    def release_hold(self) -> Deed | None:
        hold = self.one_of(Hold.objects.all())
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
        origin, organization = self.origin, self.organization_now()
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
        reserve = self.one_of(Reserve.objects.all())
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
        dispute = self.one_of(Dispute.objects.all())
        if dispute is None:
            return None
        origin = self.origin
        return Deed(
            f"accept {dispute}",
            lambda: plan_accept_dispute(dispute_id=dispute.pk, origin=origin),
            lambda agreed: accept_dispute(dispute_id=dispute.pk, agreed=agreed, origin=origin),
            (dispute, dispute.order, self.wallet_of(dispute.customer)),
        )


DEEDS: list[Callable[[Office], Deed | None]] = [
    *[Office.refund] * 4,
    *[Office.retry_refund] * 2,
    Office.credit_refund,
    *[Office.import_refund] * 3,
    *[Office.adjust] * 2,
    *[Office.request] * 3,
    *[Office.retry_payout] * 3,
    *[Office.cancel_payout] * 2,
    Office.mark_paid,
    Office.hold,
    Office.release_hold,
    Office.set_reserve,
    Office.release_reserve,
    Office.accept_dispute,
    Office.block_refunds,
    Office.set_terms,
    Office.grant_credit,
    Office.revoke_credit,
    Office.set_billing,
]
