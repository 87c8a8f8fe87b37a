"""Paid orders to refund, and what must hold whatever happened to their refunds."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import override_settings

from apps.core.origin import Door, Origin, system_origin
from apps.customers.models import Customer
from apps.ledger.models import Account
from apps.ledger.selectors import balances
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import Payment, Refund
from apps.payments.operations import RefundInput, finalize_order, refund_order
from tests.support.books import broken_books
from tests.support.drafts import allow_off_session, make_buyer, make_draft, save_card
from tests.support.tills import Till


def asked(minutes: int = 0) -> Origin:
    """Somebody at the API, some minutes from now."""
    origin = system_origin(Door.API)
    return replace(origin, at=origin.at + timedelta(minutes=minutes))


def paid_order(till: Till, amount: int = 2000, *, card: str = "pm_card_visa") -> Order:
    """An order with 20 % of tax on top that a card has paid, booked."""
    organization = till.merchant.organization
    # The balance of the sandbox bears refunds, as that of a platform in business does.
    till.sim.control("config", {"refunds_need_balance": False})
    allow_off_session(organization)
    Organization.objects.filter(pk=organization.pk).update(default_tax_behavior="exclusive")
    organization.refresh_from_db()
    customer = make_buyer(organization)
    save_card(till, customer, card)
    with override_settings(TAX_CALCULATORS=["tests.support.calculators.FifthCalculator"]):
        order = make_draft(organization, customer, amount)
    finalize_order(order_id=order.pk, origin=asked())
    order.refresh_from_db()
    assert Payment.objects.get(order=order).booked_at
    return order


def lost_payment(till: Till, amount: int = 1500, card: str = "pm_card_visa") -> Payment:
    """A charge of the organization that names nothing it pays, booked as owed to its payer."""
    organization = till.merchant.organization
    till.sim.control("config", {"refunds_need_balance": False})
    intent = till.sim.client().v1.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "payment_method": card,
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {"organization_id": str(organization.pk)},
        }
    )
    till.settle_until(lambda: Payment.objects.filter(booked_at__isnull=False).exists())
    payment = Payment.objects.get(intent_id=intent.id)
    assert payment.unclaimed_at
    return payment


def wanted(amount: int | None = None, **values: Any) -> RefundInput:
    """What somebody asks for."""
    facts: dict[str, Any] = {"reason": "customer_request", "source": "api", "amount": amount}
    return RefundInput(**{**facts, **values})


def refund(order: Order, amount: int | None = None, **values: Any) -> Refund:
    """A refund of an order."""
    return refund_order(order_id=order.pk, data=wanted(amount, **values), origin=asked())


def refunds_at_stripe(till: Till, order: Order) -> list[Any]:
    """The refunds that Stripe has of the payment of an order, oldest first."""
    charge = Payment.objects.get(order=order).processor_id
    found = till.sim.client().v1.refunds.list({"charge": charge, "limit": 100}).auto_paging_iter()
    return sorted(found, key=lambda one: (one.created, one.id))


def state_of(order: Order) -> tuple[str, int, int]:
    """Its status and what it gave back, net and tax."""
    row = Order.objects.get(pk=order.pk)
    return row.status, row.refunded_amount, row.refunded_tax_amount


def balances_hash() -> str:
    """A fingerprint of everything that every account holds, whatever led to it."""
    held = sorted(
        f"{row.account.organization_id}:{row.account.kind}:{row.balance.currency}:{row.balance.amount}"
        for row in balances(Account.objects.all())
        if row.balance.amount
    )
    return hashlib.sha256("\n".join(held).encode()).hexdigest()


def held_by(organization_id: UUID | None) -> dict[str, int]:
    """What the accounts of an organization, or of the platform, hold."""
    rows = balances(Account.objects.filter(organization_id=organization_id))
    return {row.account.kind: row.balance.amount for row in rows}


def require_refunded(till: Till, order: Order, *gross: int) -> None:
    """Stripe and we know of exactly these refunds of an order, and the books are sound."""
    at_stripe = [one.amount for one in refunds_at_stripe(till, order) if one.status == "succeeded"]
    ours = Refund.objects.filter(order=order, status="succeeded").order_by("created_at", "pk")
    assert sorted(at_stripe) == sorted(gross)
    assert sorted(one.gross_amount for one in ours) == sorted(gross)
    assert sum(state_of(order)[1:]) == sum(gross)
    assert not broken_books()


def customer_of(order: Order) -> Customer:
    """Whose it is."""
    return Customer.objects.get(pk=order.customer_id)
