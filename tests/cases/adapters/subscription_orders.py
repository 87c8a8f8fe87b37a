"""Orders of subscriptions: from billing entries to what is due."""

from decimal import Decimal
from typing import Any

from django.test import override_settings

from apps.catalog.models import Price
from apps.core.money import round_half_away
from apps.orders.models import Order
from apps.subscriptions.models import BillingEntry, Subscription
from apps.subscriptions.operations import create_order_from_entries, create_trial_order
from apps.tax.calculators import TaxRequest, TaxResult
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.subscribing import (
    make_discount_row,
    make_row,
    origin_at,
    renewing_organization,
)
from tests.cases.world import NOW

AREA = "order_numbers"


class FlatRate:
    """The same share of every sale."""

    name = "flat"
    rate = Decimal(0)

    def calculate(self, request: TaxRequest) -> TaxResult:
        """The rate on the discounted amount, as the tables define it."""
        tax = round_half_away(request.amount * self.rate)
        return TaxResult(tax_amount=tax, behavior=request.behavior, processor=self.name)


@adapter(AREA, db=True)
def create_subscription_order(given: Facts, when: Facts) -> Facts:
    if any(entry["type"] == "metered" for entry in given["entries"]):
        raise NotYet("metered entries")
    currency = given.get("currency") or "usd"
    subscription = _subscription(given, currency)
    for entry in given["entries"]:
        _make_entry(subscription, entry)
    customer = subscription.customer
    if given.get("balance"):
        adjust_wallet(
            customer=customer,
            currency=currency,
            amount=given["balance"],
            note="scenario",
            origin=origin_at(),
        )
    FlatRate.rate = Decimal(given.get("tax_rate") or 0)
    with override_settings(TAX_CALCULATORS=[f"{__name__}.FlatRate"]):
        order = create_order_from_entries(
            subscription=subscription,
            reason=when["reason"],
            cutoff_at=subscription.current_period_start_at,
            origin=origin_at(),
        )
    if order is None:
        # Nothing is made of nothing: no error with us, the tables name one.
        return {"error": "NoPendingBillingEntries"}
    return {**_facts(order), "balance_after": balance(customer.pk, currency)}


@adapter(AREA, op="create_trial_order", db=True)
def trial_order(given: Facts, when: Facts) -> Facts:
    subscription = make_row({"status": given["subscription_status"]})
    order = create_trial_order(subscription=subscription, origin=origin_at())
    return {
        **_facts(order),
        "reason": str(order.billing_reason),
        "item_count": order.items.count(),
    }


def _subscription(given: Facts, currency: str) -> Subscription:
    organization = renewing_organization()
    row = make_row(
        {"prices": [{"type": "fixed", "amount": 1000, "currency": currency}]}, organization
    )
    row.tax_behavior = given.get("tax_behavior")
    row.discount = make_discount_row(organization, given.get("discount"))
    row.save(update_fields=["tax_behavior", "discount"])
    customer = row.customer
    customer.billing_address = {"country": "FR"}
    customer.save(update_fields=["billing_address"])
    return row


def _make_entry(subscription: Subscription, row: Facts) -> None:
    amount: int = row["amount"]
    direction = row["direction"]
    if amount < 0:
        # An amount is never below zero with us: the direction says it.
        amount, direction = -amount, "credit" if direction == "debit" else "debit"
    BillingEntry.objects.create(
        created_at=NOW,
        organization=subscription.organization,
        subscription=subscription,
        product=subscription.product,
        price=Price.objects.get(product=subscription.product),
        type=row["type"],
        direction=direction,
        amount=amount,
        currency=subscription.currency,
        discount_amount=row.get("discount_amount"),
        start_at=subscription.current_period_start_at,
        end_at=subscription.current_period_end_at,
    )


def _facts(order: Order) -> dict[str, Any]:
    items = order.items.order_by("position")
    return {
        "error": None,
        "status": str(order.status),
        "item_amounts": list(items.values_list("amount", flat=True)),
        "subtotal_amount": order.subtotal_amount,
        "discount_amount": order.discount_amount,
        "net_amount": order.net_amount,
        "tax_amount": order.tax_amount,
        "total_amount": order.total_amount,
        "applied_balance_amount": order.applied_balance_amount,
        "due_amount": order.due_amount,
        "charged": None if order.is_paid else order.due_amount,
    }
