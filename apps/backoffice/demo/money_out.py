"""
The money of the demo's business that goes out: weekly payouts, a reserve, a hold, and refunds,
one of which the bank sends back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import structlog
from django.db.models import QuerySet

from apps.backoffice.demo.script import DAYS
from apps.core.errors import DomainError
from apps.core.origin import Origin
from apps.core.timers import Due, Timer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import Payment, Refund
from apps.payments.operations import RefundInput, refund_order, save_payment_method
from apps.payments.operations.refunds.recording import record_refund
from apps.payments.operations.refunds.recovering import credit_refund
from apps.payouts.models import PayoutProfile
from apps.payouts.operations import (
    HoldTerms,
    ReserveTerms,
    create_payout_account,
    link_payout_account,
    place_hold,
    set_payout_billing,
    set_payout_schedule,
    set_reserve,
    take_account_facts,
)
from apps.processors import gateway
from apps.processors.gateway import refunds as refund_gateway
from apps.processors.gateway.sandbox import attach_test_card, open_ready_account
from apps.sandbox.models import ClockRun

log = structlog.get_logger(__name__)

# Before what becomes due at the same moment.
RANK: Final = 11
# Refunds of this card come back after they have succeeded.
COMES_BACK, COMES_BACK_LAST4 = "pm_card_refundFail", "5126"
# The day of the business, counted from its first, and what happens on it.
ACTS: Final = (
    (DAYS - 84, "open"),
    (DAYS - 80, "reserve"),
    (DAYS - 70, "card"),
    (DAYS - 62, "refund"),
    (DAYS - 45, "part"),
    (DAYS - 33, "refund"),
    (DAYS - 30, "sent_back"),
    (DAYS - 9, "recover"),
    (DAYS - 6, "hold"),
    (DAYS - 4, "part"),
)


def money_timer(organization: Organization, run: ClockRun) -> Timer:
    """What the time machine asks of the business's money; past acts are done once."""
    start = run.to_at - timedelta(days=DAYS)
    waiting = {
        uuid5(organization.pk, f"money:{number}"): (start + timedelta(days=day, hours=9), verb)
        for number, (day, verb) in enumerate(ACTS)
        if start + timedelta(days=day, hours=9) >= run.reached_at
    }

    def due(organization_id: UUID, until: datetime) -> Iterable[Due]:
        if organization_id != organization.pk:
            return []
        return sorted(Due(at, key, key) for key, (at, _) in waiting.items() if at <= until)

    def perform(key: UUID, origin: Origin) -> None:
        _, verb = waiting.pop(key)
        try:
            VERBS[verb](organization, origin)
        except DomainError as error:
            log.info("demo_money_refused", verb=verb, detail=error.detail)

    return Timer(name="demo.money", due=due, run=perform, rank=RANK)


def _open(organization: Organization, origin: Origin) -> None:
    """A payout account, a weekly schedule, and the address of invoices."""
    if PayoutProfile.objects.filter(organization=organization).exists():
        return
    account = create_payout_account(
        type="stripe", country="US", currency="usd", name=organization.name, origin=origin
    )
    processor_id = open_ready_account(
        id=f"acct_{account.pk.hex[:16]}", country="US", currency="usd", name=organization.name
    )
    if processor_id is None:
        return
    facts = gateway.read_connected_account(processor_id)
    take_account_facts(account_id=account.pk, facts=facts, origin=origin)
    link_payout_account(organization_id=organization.pk, account_id=account.pk, origin=origin)
    set_payout_billing(
        organization_id=organization.pk,
        name=f"{organization.name} Inc.",
        address={"line1": "4 Pier Road", "city": "Astoria", "country": "US"},
        origin=origin,
    )
    set_payout_schedule(organization_id=organization.pk, schedule="weekly", origin=origin)


def _reserve(organization: Organization, origin: Origin) -> None:
    set_reserve(
        organization_id=organization.pk,
        terms=ReserveTerms(kind="rolling", bps=500, days=45),
        origin=origin.because("New to weekly payouts."),
    )


def _hold(organization: Organization, origin: Origin) -> None:
    place_hold(
        organization_id=organization.pk,
        terms=HoldTerms(amount=2500, release_at=origin.at + timedelta(days=20)),
        origin=origin.because("A question of the bank about one customer."),
    )


def _refund(organization: Organization, origin: Origin, *, amount: int | None = None) -> None:
    order = _paid_orders(organization).first()
    if order is not None:
        _give_back(order, origin, amount)


def _part(organization: Organization, origin: Origin) -> None:
    _refund(organization, origin, amount=300)


def _card(organization: Organization, origin: Origin) -> None:
    """The customer who renewed last pays with another card from now on."""
    order = _paid_orders(organization).exclude(subscription_id=None).first()
    if order is None or not order.customer.processor_customer_id:
        return
    facts = attach_test_card(
        key=f"demo:{order.customer_id}:comes-back",
        customer_id=order.customer.processor_customer_id,
        card=COMES_BACK,
    )
    save_payment_method(customer=order.customer, method=facts, is_default=True, origin=origin)


def _sent_back(organization: Organization, origin: Origin) -> None:
    paid = Payment.objects.filter(
        organization=organization, method_metadata__last4=COMES_BACK_LAST4
    )
    order = _paid_orders(organization).filter(pk__in=paid.values("order_id")).first()
    if order is not None:
        _give_back(order, origin, None, comment="comes back")


def _recover(organization: Organization, origin: Origin) -> None:
    """Hear of the refund that did not arrive, and give credit in its place."""
    for refund in Refund.objects.filter(organization=organization, comment="comes back"):
        facts = refund_gateway.read_refund(refund.processor_id or "")
        record_refund(facts=facts, origin=origin)
        refund.refresh_from_db()
        if refund.status == Refund.Status.FAILED:
            credit_refund(refund_id=refund.pk, origin=origin.because("The card was closed."))


def _give_back(order: Order, origin: Origin, amount: int | None, comment: str = "") -> None:
    data = RefundInput(
        reason="customer_request", source=Refund.Source.STAFF, amount=amount, comment=comment
    )
    refund_order(order_id=order.pk, data=data, origin=origin.because("They asked for it."))


def _paid_orders(organization: Organization) -> QuerySet[Order]:
    """Those with something to give back, the latest first."""
    rows = Order.objects.select_related("customer").filter(
        organization=organization, status="paid", net_amount__gte=1000
    )
    return rows.order_by("-created_at")


VERBS: Final[dict[str, Callable[[Organization, Origin], None]]] = {
    "open": _open,
    "reserve": _reserve,
    "hold": _hold,
    "refund": _refund,
    "part": _part,
    "card": _card,
    "sent_back": _sent_back,
    "recover": _recover,
}
