"""Numbers, labels and totals of orders and their documents."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from string import ascii_uppercase
from typing import Any

from django.test import override_settings

from apps.catalog.operations import PriceInput, ProductInput, create_product
from apps.catalog.tiers import flat
from apps.core.ids import new_id
from apps.customers.models import Customer
from apps.orders import labels, numbering, operations, totals
from apps.orders.errors import AmountTooSmall
from apps.orders.models import Order
from apps.orders.operations import (
    DraftInput,
    acquire_payment_lock,
    create_draft_order,
    create_top_up_order,
    next_invoice_number,
    pay_order,
    unvoid_order,
    void_order,
)
from apps.organizations.models import Organization, OrganizationCounter
from apps.payments.models import Payment
from apps.payments.operations import allocate_receipt
from apps.wallets.operations import adjust_wallet
from apps.wallets.selectors import balance
from tests.cases.outcome import outcome_of_error
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.world import NOW, make_customer, make_organization, origin_at
from tests.support.calculators import taxed_at

AREA = "order_numbers"


@adapter(AREA)
def short_id(given: Facts, when: Facts) -> Facts:
    return {"result": numbering.short_id(when["value"])}


@adapter(AREA, db=True)
def new_organization_prefix(given: Facts, when: Facts) -> Facts:
    return {"prefix": make_organization(slug=given.get("slug") or when["slug"]).invoice_prefix}


@adapter(AREA, db=True)
def default_numbering(given: Facts, when: Facts) -> Facts:
    chosen = {"invoice_numbering": given["numbering"]} if given.get("numbering") else {}
    return {"numbering": str(make_organization(**chosen).invoice_numbering)}


@adapter(AREA, db=True)
def number_orders(given: Facts, when: Facts) -> Facts:
    organization = make_organization(invoice_numbering=given["numbering"])
    organization.invoice_prefix = given["prefix"]
    organization.save(update_fields=["invoice_prefix"])
    customers = {
        name: _with_short_id(make_customer(organization), letters)
        for name, letters in given["customers"].items()
    }
    if given.get("next_number"):
        counters = OrganizationCounter.objects.filter(organization=organization)
        counters.update(next_invoice_number=given["next_number"])
        organization.customers.update(next_invoice_number=given["next_number"])
    return {
        "numbers": [
            next_invoice_number(organization=organization, customer=customers[name])
            for name in when["orders"]
        ]
    }


@adapter(AREA, op="allocate_receipt", db=True)
def receipt(given: Facts, when: Facts) -> Facts:
    organization = make_organization()
    customer = _with_short_id(make_customer(organization), given["customer_short_id"])
    customer.next_receipt_number = given["receipt_next_number"]
    customer.save(update_fields=["next_receipt_number"])
    order = _paid_order(customer)
    for _ in range(given["succeeded_payments"]):
        _succeeded_payment(order)
    for _ in range(when["times"]):
        allocate_receipt(order=order, origin=origin_at())
    return {"receipt_number": order.receipt_number, **_receipt_counter(customer)}


@adapter(AREA, db=True)
def create_draft(given: Facts, when: Facts) -> Facts:
    terms = given["product"]
    kind = terms["type"].removesuffix("_based")
    if kind == "metered":
        raise NotYet("prices of usage")
    currency = given.get("currency") or "usd"
    organization = make_organization(default_presentment_currency=currency)
    features = {**organization.feature_settings, "off_session_charges_enabled": True}
    Organization.objects.filter(pk=organization.pk).update(feature_settings=features)
    organization.refresh_from_db()
    kind = "fixed" if kind == "free" else kind
    price = PriceInput(
        kind=kind,
        currency=currency,
        fixed_amount=(terms.get("amount") or 0) if kind == "fixed" else None,
        minimum_amount=terms.get("minimum_amount"),
        maximum_amount=terms.get("maximum_amount"),
        preset_amount=terms.get("preset_amount"),
        tiers=flat(Decimal(100)) if kind in ("seat", "unit") else (),
    )
    interval = ("month", 1) if terms.get("recurring") else (None, None)
    product = create_product(
        organization=organization,
        data=ProductInput(
            name="Tokens",
            prices=[price],
            recurring_interval=interval[0],
            recurring_interval_count=interval[1],
        ),
        origin=origin_at(),
    )
    data = DraftInput(
        customer_id=make_customer(organization, billing_address={"country": "FR"}).pk,
        product_id=product.pk,
        amount=when.get("amount"),
    )
    try:
        order = create_draft_order(organization=organization, data=data, origin=origin_at())
    except AmountTooSmall as error:
        return {**outcome_of_error(error), "minimum": error.minimum}
    return {"error": None, "status": order.status, "subtotal_amount": order.subtotal_amount}


@adapter(AREA, op="void_order", db=True)
def void(given: Facts, when: Facts) -> Facts:
    order = _order_to_void(given)
    if given.get("payment_lock"):
        acquire_payment_lock(order_id=order.pk, origin=origin_at())
    return _voided(void_order(order_id=order.pk, origin=origin_at()))


@adapter(AREA, op="unvoid_order", db=True)
def unvoid(given: Facts, when: Facts) -> Facts:
    order = _order_to_void(given)
    return _voided(unvoid_order(order_id=order.pk, origin=origin_at()))


@adapter(AREA, db=True)
def void_unvoid_void(given: Facts, when: Facts) -> Facts:
    order = _order_to_void(given)
    for move in (void_order, unvoid_order, void_order):
        order = move(order_id=order.pk, origin=origin_at())
    return _voided(order)


def _order_to_void(given: Facts) -> Order:
    facts = given["order"]
    customer = make_customer(make_organization())
    order = _paid_order(customer)
    if given.get("balance"):
        adjust_wallet(
            customer=customer,
            currency=order.currency,
            amount=given["balance"],
            note="Start",
            origin=origin_at(),
        )
    order.status = facts["status"]
    if not order.is_paid:
        order.paid_at = None
    total = facts.get("total_amount", order.net_amount)
    order.subtotal_amount = order.net_amount = total
    order.tax_amount = 0
    order.applied_balance_amount = facts.get("applied_balance_amount") or 0
    order.save()
    return order


def _voided(order: Order) -> Facts:
    return {
        "error": None,
        "status": str(order.status),
        "next_attempt_at": order.next_payment_attempt_at,
        "balance_after": balance(order.customer_id, order.currency),
    }


@adapter(AREA, db=True)
def generate_invoice(given: Facts, when: Facts) -> Facts:
    order = _paid_order(make_customer(make_organization()))
    order.status = given.get("status") or order.status
    order.billing_name = given.get("billing_name")
    order.billing_address = given.get("billing_address")
    order.save()
    operations.generate_invoice(order_id=order.pk, origin=origin_at())
    return {"error": None}


def _with_short_id(customer: Customer, letters: str) -> Customer:
    value = 0
    for letter in letters:
        value = value * 26 + ascii_uppercase.index(letter)
    customer.short_id = value
    customer.save(update_fields=["short_id"])
    return customer


def _receipt_counter(customer: Customer) -> Facts:
    customer.refresh_from_db()
    return {"receipt_next_number": customer.next_receipt_number}


def _succeeded_payment(order: Order) -> None:
    Payment.objects.create(
        created_at=NOW,
        organization=order.organization,
        customer=order.customer,
        order=order,
        processor_id=f"ch_{new_id().hex}",
        status=Payment.Status.SUCCEEDED,
        amount=order.total_amount,
        currency=order.currency,
        method="card",
    )


def _paid_order(customer: Customer) -> Order:
    return Order.objects.create(
        created_at=NOW,
        organization=customer.organization,
        customer=customer,
        status=Order.Status.PAID,
        paid_at=NOW,
        billing_reason=Order.BillingReason.PURCHASE,
        currency="usd",
        subtotal_amount=1000,
        net_amount=1000,
    )


@adapter(AREA, db=True)
def create_wallet_order(given: Facts, when: Facts) -> Facts:
    facts = given["topup"]
    rate = Fraction(facts["tax_amount"], facts["amount"])
    customer = make_customer(make_organization(), billing_address={"country": "FR"})
    with override_settings(**taxed_at(rate)):
        order = create_top_up_order(
            customer=customer, amount=facts["amount"], currency="usd", origin=origin_at()
        )
    order = pay_order(order_id=order.pk, origin=origin_at())
    return {
        "status": order.status,
        "subtotal_amount": order.subtotal_amount,
        "tax_amount": order.tax_amount,
        "total_amount": order.total_amount,
    }


@adapter(AREA)
def item_label(given: Facts, when: Facts) -> Facts:
    return {
        "label": labels.item_label(
            given["product_name"],
            price_type=given["price_type"],
            quantity=when["quantity"],
            unit_label=given.get("unit_label"),
        )
    }


@adapter(AREA)
def payment_label(given: Facts, when: Facts) -> Facts:
    return {"label": labels.payment_label(given["method"], given.get("method_metadata"))}


@adapter(AREA)
def invoice_totals(given: Facts, when: Facts) -> Facts:
    row = given["invoice"]
    lines = totals.invoice_totals(
        totals.InvoiceAmounts(
            subtotal_amount=row["subtotal_amount"],
            discount_amount=row["discount_amount"],
            net_amount=row["net_amount"],
            tax_amount=row["tax_amount"],
            applied_balance_amount=row.get("applied_balance_amount") or 0,
            taxes=tuple(_printed(tax) for tax in row.get("tax_breakdown") or []),
        )
    )
    return {"lines": [list(line) for line in lines]}


def _printed(row: dict[str, Any]) -> totals.PrintedTax:
    return totals.PrintedTax(
        display_name=row["display_name"],
        rate=Decimal(str(row.get("rate") or 0)),
        amount=row["amount"],
        reason=row["reason"],
    )


@adapter(AREA)
def receipt_totals(given: Facts, when: Facts) -> Facts:
    paid, refunded = totals.receipt_totals(
        [_gross(row) for row in given.get("payments") or [] if _is_done(row)],
        [_gross(row) for row in given.get("refunds") or [] if _is_done(row)],
    )
    return {"amount_paid": paid, "amount_refunded": refunded}


def _is_done(row: Any) -> bool:
    return not isinstance(row, dict) or row.get("status", "succeeded") == "succeeded"


def _gross(row: Any) -> int:
    return int(row["amount"] + (row.get("tax_amount") or 0) if isinstance(row, dict) else row)


@adapter(AREA)
def invoice_stale(given: Facts, when: Facts) -> Facts:
    before = totals.InvoiceParty(
        billing_name="Ada",
        billing_address={"country": "FR"},
        tax_id=["FR61954506077", "eu_vat"],
        customer_locale="en",
    )
    other: Facts = {
        "billing_name": "Grace",
        "billing_address": {"country": "FR", "city": "Brest"},
        "tax_id": None,
        "customer_locale": "fr",
    }
    changed = given["changed"]
    after = replace(before, **{changed: other[changed]}) if changed in other else before
    return {"stale": totals.invoice_checksum(before) != totals.invoice_checksum(after)}
