"""The balance of a customer: entries, and what orders use of it."""

from typing import Any

from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.wallets.models import Wallet
from apps.wallets.operations import adjust_wallet
from apps.wallets.operations import apply_to_order as apply_balance_to_order
from apps.wallets.selectors import balance
from tests.cases.registry import Facts, adapter
from tests.cases.world import make_customer, make_organization, origin_at

AREA = "wallets"


@adapter(AREA, db=True)
def billing_balance(given: Facts, when: Facts) -> Facts:
    return _standing(_customer_with(given), when["currency"])


@adapter(AREA, db=True)
def balance_entries(given: Facts, when: Facts) -> Facts:
    customer = _customer_with(given)
    for amount in when["amounts"]:
        _give(customer, amount, when["currency"])
    return _standing(customer, when["currency"])


@adapter(AREA, db=True)
def apply_to_order(given: Facts, when: Facts) -> Facts:
    customer = _customer_with(given)
    currency = when.get("currency") or next(
        (one["currency"] for one in given["billing_wallets"]), "usd"
    )
    applied = apply_balance_to_order(
        customer_id=customer.pk,
        organization_id=customer.organization_id,
        currency=currency,
        order_id=new_id(),
        total_amount=when["total_amount"],
        origin=origin_at(),
    )
    return {
        "applied_balance_amount": applied.applied_balance_amount,
        "due_amount": applied.due_amount,
        "balance_after": balance(customer.pk, currency),
    }


def _customer_with(given: Facts) -> Customer:
    customer = make_customer(make_organization())
    wallets: list[dict[str, Any]] = given.get("billing_wallets") or []
    for wallet in wallets:
        _give(customer, wallet["balance"], wallet["currency"])
    return customer


def _give(customer: Customer, amount: int, currency: str) -> None:
    if amount:
        adjust_wallet(
            customer=customer, currency=currency, amount=amount, note="Start", origin=origin_at()
        )


def _standing(customer: Customer, currency: str) -> Facts:
    wallets = Wallet.objects.filter(customer=customer)
    return {"balance": balance(customer.pk, currency), "wallet_count": wallets.count()}
