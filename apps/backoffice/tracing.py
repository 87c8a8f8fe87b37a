"""What every id of the domains means for the books: ours, the processor's, and numbers on paper."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q

from apps.disputes.models import Dispute
from apps.ledger.tracing import Trace, register_tracer
from apps.orders.models import Order
from apps.payments.models import Payment, Refund
from apps.payouts.models import Payout, PayoutAttempt
from apps.wallets.models import WalletMovement

# One id belongs to few rows; whoever searches for something wider uses the lists.
LIMIT = 50


def register() -> None:
    """Called once, when Django is ready."""
    for tracer in (_orders, _payments, _refunds, _disputes, _payouts, _movements):
        register_tracer(tracer)


def _orders(term: str, key: UUID | None) -> Iterator[Trace]:
    wanted = Q(invoice_number=term) | Q(invoice_number=term.upper())
    if key:
        wanted |= Q(pk=key) | Q(checkout_id=key) | Q(subscription_id=key)
    for order in Order.objects.filter(wanted).only("pk")[:LIMIT]:
        yield Trace("orders.order", str(order.pk), order_id=order.pk)


def _payments(term: str, key: UUID | None) -> Iterator[Trace]:
    wanted = Q(processor_id=term) | Q(intent_id=term)
    if key:
        wanted |= Q(pk=key) | Q(checkout_id=key)
    for payment in Payment.objects.filter(wanted).only("pk")[:LIMIT]:
        yield Trace("payments.payment", str(payment.pk), payment_id=payment.pk)


def _refunds(term: str, key: UUID | None) -> Iterator[Trace]:
    wanted = Q(processor_id=term)
    if key:
        wanted |= Q(pk=key)
    for refund in Refund.objects.filter(wanted).only("pk")[:LIMIT]:
        own = f"refund:{refund.pk}"
        references = (own, f"refund_balance:{refund.pk}", f"processor_fee:{own}")
        yield Trace("payments.refund", str(refund.pk), references=references)


def _disputes(term: str, key: UUID | None) -> Iterator[Trace]:
    wanted = Q(processor_id=term) | Q(alert_id=term)
    if key:
        wanted |= Q(pk=key)
    for dispute in Dispute.objects.filter(wanted).only("pk", "payment_id")[:LIMIT]:
        kinds = ("dispute", "dispute_hold", "dispute_loss", "dispute_balance", "dispute_fee")
        references = tuple(f"{kind}:{dispute.pk}" for kind in kinds)
        yield Trace(
            "disputes.dispute",
            str(dispute.pk),
            payment_id=dispute.payment_id,
            references=references,
        )


def _payouts(term: str, key: UUID | None) -> Iterator[Trace]:
    wanted = Q(invoice_number=term) | Q(transfer_id=term) | Q(transfer_reversal_id=term)
    tried = Q(processor_id=term)
    if key:
        wanted |= Q(pk=key)
        tried |= Q(pk=key)
    attempts = PayoutAttempt.objects.filter(tried).values("payout_id")
    for payout in Payout.objects.filter(wanted | Q(pk__in=attempts)).only("pk")[:LIMIT]:
        kinds = ("payout", "payout_fee", "payout_transfer", "payout_paid")
        arrivals = payout.attempts.values_list("pk", flat=True)
        references = [f"{kind}:{payout.pk}" for kind in kinds]
        references += [f"payout_paid:{attempt}" for attempt in arrivals]
        yield Trace("payouts.payout", str(payout.pk), references=tuple(references))


def _movements(term: str, key: UUID | None) -> Iterator[Trace]:
    wanted = Q(reference=term)
    if key:
        wanted |= Q(pk=key) | Q(wallet_id=key)
    for movement in WalletMovement.objects.filter(wanted).only("reference")[:LIMIT]:
        yield Trace(
            "wallets.walletmovement", str(movement.pk), references=(movement.entry_reference,)
        )
