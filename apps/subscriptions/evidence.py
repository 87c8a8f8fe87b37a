"""What subscriptions know for the evidence against disputes."""

from __future__ import annotations

from apps.core.money import format_amount
from apps.disputes.dossier import words
from apps.disputes.dossier.evidence import Evidence, Section
from apps.disputes.dossier.registry import Case, add_source
from apps.orders.models import Order
from apps.subscriptions.models import Subscription


def register() -> None:
    """Let it speak; called once, when Django is ready."""
    add_source("subscription", from_subscription, position=15)


def from_subscription(case: Case) -> Evidence | None:
    """The subscription that the disputed order bills, and what it was billed before."""
    if case.order is None or case.order.subscription_id is None:
        return None
    rows = Subscription.objects.select_related("product")
    subscription = rows.filter(pk=case.order.subscription_id).first()
    if subscription is None:
        return None
    billed = Order.objects.filter(
        subscription_id=subscription.pk, paid_at__lt=case.dispute.opened_at
    ).order_by("paid_at", "pk")
    return Evidence(
        texts={"cancellation_rebuttal": _rebuttal(case, subscription)},
        sections=(
            Section(
                title="Subscription",
                facts=words.known(
                    ("Plan", subscription.product.name),
                    ("Price", _price(subscription)),
                    ("Trial until", words.moment(subscription.trial_end_at)),
                    ("Started", words.moment(subscription.started_at)),
                    ("Canceled by the customer", words.moment(subscription.canceled_at)),
                    ("Ended", words.moment(subscription.ended_at)),
                ),
                columns=("Paid", "Period", "Invoice", "Amount"),
                rows=tuple(
                    (
                        words.day(one.paid_at),
                        " to ".join(
                            filter(None, map(words.day, (one.period_start_at, one.period_end_at)))
                        ),
                        one.invoice_number or "",
                        format_amount(one.total_amount, one.currency),
                    )
                    for one in billed[:36]
                ),
                amounts=(3,),
            ),
        ),
    )


def _price(subscription: Subscription) -> str:
    amount = format_amount(subscription.amount, subscription.currency)
    count, unit = subscription.recurring_interval_count, subscription.recurring_interval
    return f"{amount} every {f'{count} {unit}s' if count > 1 else unit}"


def _rebuttal(case: Case, subscription: Subscription) -> str:
    """Only where the payment came first: what was canceled in time is not argued away."""
    canceled_at, paid_at = subscription.canceled_at, case.payment.created_at
    if canceled_at is None:
        return f"The customer had not canceled when the dispute was opened ({_opened(case)})."
    if canceled_at > paid_at:
        return f"The customer canceled on {words.day(canceled_at)}, after this payment."
    return ""


def _opened(case: Case) -> str:
    return words.day(case.dispute.opened_at)
