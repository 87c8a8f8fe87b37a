"""The balance of a customer: entries, and what orders use of it."""

from contextlib import ExitStack
from fractions import Fraction
from typing import Any

from django.test import override_settings

from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.wallets.models import Wallet, WalletMovement
from apps.wallets.operations import adjust_wallet, create_wallet
from apps.wallets.operations import apply_to_order as apply_balance_to_order
from apps.wallets.operations.moving import Draft, move_wallet
from apps.wallets.selectors import balance
from tests.cases.processor import processor
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.world import Merchant, make_customer, make_organization, origin_at
from tests.support.calculators import taxed_at
from tests.support.cards import attach_card

AREA = "wallets"
_CARDS = {
    "succeeded": "pm_card_visa",
    "failed": "pm_card_chargeCustomerFail",
    "declined": "pm_card_chargeCustomerFail",
    "requires_payment_method": "pm_card_chargeCustomerFail",
    "requires_action": "pm_card_authenticationRequired",
}


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


@adapter(AREA, db=True)
def top_up(given: Facts, when: Facts) -> Facts:
    result = given.get("charge_result") or "succeeded"
    if result not in _CARDS:
        raise NotYet(f"a processor that answers {result}")
    organization = make_organization()
    Organization.objects.filter(pk=organization.pk).update(
        capabilities={**organization.capabilities, "checkout_payments": True}
    )
    wallet = _wallet(organization, given)
    whose = given.get("payment_method")
    body = {"amount": when["amount"], "currency": when.get("currency") or "usd"}
    with ExitStack() as stack:
        sim = stack.enter_context(processor())
        if given.get("tax_rate"):
            stack.enter_context(override_settings(**taxed_at(_rate(given["tax_rate"]))))
        if whose == "own":
            attach_card(sim, wallet.customer, _CARDS[result])
        elif whose:
            stranger = make_customer(organization)
            body["payment_method_id"] = str(attach_card(sim, stranger, _CARDS[result]).pk)
        answer = _caller(organization, given).call("POST", f"wallets/{wallet.pk}/top-up", body)
    wallet.refresh_from_db()
    order = Order.objects.filter(customer=wallet.customer, status="paid").first()
    return {
        **answer.refusal(),
        "balance_after": wallet.balance,
        "charged": sum(payment.amount for payment in order.payments.all()) if order else None,
        "tax_amount": order.tax_amount if order else None,
    }


@adapter(AREA, db=True)
def get(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    wallet = _wallet(organization, given)
    answer = _caller(organization, given).call("GET", f"wallets/{wallet.pk}")
    if answer.status >= 400:
        return answer.refusal()
    return {"status_code": answer.status, "balance": answer.body["balance"]}


def _wallet(organization: Organization, given: Facts) -> Wallet:
    """The wallet of the scenario, of a customer of the organization."""
    facts = given.get("wallet") or {"balance": 0}
    customer = make_customer(organization, billing_address=given.get("billing_address"))
    currency = facts.get("currency") or "usd"
    if facts.get("type") == "billing":
        _give(customer, facts["balance"] or 1, currency)
        return Wallet.objects.get(customer=customer)
    wallet = create_wallet(customer=customer, currency=currency, origin=origin_at())
    if facts["balance"]:
        draft = Draft(
            kind=WalletMovement.Kind.ADJUSTMENT,
            amount=facts["balance"],
            reference=f"start:{wallet.pk}",
        )
        move_wallet(wallet, draft, origin_at())
    return wallet


def _caller(organization: Organization, given: Facts) -> Merchant:
    auth = given.get("auth", "organization")
    if auth is None:
        return Merchant(None)
    if auth == "other_organization":
        return Merchant(make_organization())
    if auth in ("organization", "token"):
        return Merchant(organization)
    raise NotYet(f"a caller who is {auth}")


def _rate(value: Any) -> Fraction:
    """Tables say 0.2 or 20."""
    rate = Fraction(str(value))
    return rate / 100 if rate >= 1 else rate


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
