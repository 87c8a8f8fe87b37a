"""
What a payment posts, as the tables write it: signed rows of the platform and the merchant.

Our books hold transfers between accounts. A row of the tables is one side of such a transfer,
seen from the party that gains (+) or gives (-); what the platform holds for taxes, clearing and
fees is all "platform".
"""

from decimal import Decimal
from typing import Any

from apps.core.ids import new_id
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry, Transfer
from apps.ledger.operations.fees import set_fee_terms
from apps.ledger.operations.sales import post_sale
from apps.ledger.plans import FeePlan
from apps.ledger.sales import Sale, SaleResult
from apps.ledger.selectors.fees import FeeTerms
from apps.organizations.models import Organization
from tests.cases.registry import Facts, adapter
from tests.cases.world import NOW, make_organization, origin_at

AREA = "ledger_postings"


def sale_of(organization: Organization, given: Facts) -> Sale:
    """The sale of a case: described by its charge, or by the payment that was booked."""
    paid = given.get("payment") or {}
    charge = given.get("charge") or {
        "amount": paid.get("amount", 1000) + (paid.get("tax_amount") or 0),
        "currency": "usd",
        "tax_amount": paid.get("tax_amount") or 0,
    }
    settled = given.get("settlement") or charge
    rate = settled.get("exchange_rate")
    card = given.get("card") or {}
    return Sale(
        organization_id=organization.pk,
        order_id=new_id(),
        payment_id=new_id(),
        charge_id=given.get("charge_id") or f"ch_{new_id().hex}",
        presentment_currency=charge["currency"],
        presentment_amount=charge["amount"],
        presentment_tax_amount=charge.get("tax_amount") or 0,
        settlement_currency=settled["currency"],
        settlement_amount=settled["amount"],
        settlement_fee=abs(given.get("processor_fee") or 0),
        exchange_rate=None if rate is None else Decimal(str(rate)),
        available_at=NOW,
        card_country=card.get("country", "US"),
        method=card.get("type", "card"),
        is_subscription=bool(given.get("subscription")),
        used_3ds=False,
        tax_country=charge.get("tax_country"),
        tax_state=charge.get("tax_state"),
    )


def put_on_plan(organization: Organization, plan: Facts | None) -> None:
    """Give the merchant the rates of the case."""
    if plan is None:
        return
    rates = FeePlan(
        bps=plan["basis_points"],
        fixed_amount=plan["fixed"],
        subscription_bps=plan.get("subscription_basis_points") or 0,
    )
    terms = FeeTerms("own", rates, has_processor_fees=True)
    set_fee_terms(organization_id=organization.pk, terms=terms, origin=origin_at())


def rows_since(organization: Organization, known: set[Any]) -> list[Facts]:
    """The rows of every entry that was not among `known`, in posting order."""
    entries = Entry.objects.filter(organization=organization).exclude(pk__in=known)
    transfers = Transfer.objects.filter(entry__in=entries).order_by("pk")
    rows: list[Facts] = []
    for transfer in transfers.select_related("entry", "debit_account", "credit_account"):
        rows += _rows_of(transfer)
    return rows


def _rows_of(transfer: Transfer) -> list[Facts]:
    kind, _, fee_type = transfer.type.partition(".")
    if kind == "tax":
        # Part of the payment's own row.
        return []
    if kind == "payment":
        return [_payment_row(transfer)]
    if kind == "processor_fee":
        row = _row("processor_fee", "platform", -transfer.amount, transfer.currency)
        return [{**row, "fee_type": fee_type}]
    sides = [(transfer.credit_account, transfer.amount), (transfer.debit_account, -transfer.amount)]
    rows = [
        _row(
            "balance",
            "merchant" if account.kind == AccountKind.MERCHANT_BALANCE else "platform",
            amount,
            transfer.currency,
        )
        for account, amount in sides
    ]
    return [{**row, "fee_type": fee_type or None} for row in rows]


def _payment_row(transfer: Transfer) -> Facts:
    entry = transfer.entry
    taxes = entry.transfers.filter(type="tax")
    return {
        **_row("payment", "platform", transfer.amount, transfer.currency),
        "tax_amount": sum(tax.amount for tax in taxes),
        "presentment_currency": entry.presentment_currency,
        "presentment_amount": entry.presentment_amount,
        "presentment_tax_amount": entry.presentment_tax_amount,
        "tax_country": entry.details["tax_country"],
        "tax_state": entry.details["tax_state"],
    }


def _row(kind: str, account: str, amount: int, currency: str) -> Facts:
    return {"type": kind, "account": account, "amount": amount, "currency": currency}


def run(given: Facts, *, already: bool = False) -> tuple[list[Facts], SaleResult]:
    """Post the sale of a case (a second time where it was posted) and read what was written."""
    organization = make_organization()
    put_on_plan(organization, given.get("plan"))
    sale = sale_of(organization, given)
    known: set[Any] = set()
    if already:
        known = set(post_sale(sale=sale, origin=origin_at()).entry_ids)
    result = post_sale(sale=sale, origin=origin_at())
    return rows_since(organization, known), result


def _only(rows: list[Facts], kind: str) -> list[Facts]:
    return [row for row in rows if row["type"] == kind]


@adapter(AREA, db=True)
def payment(given: Facts, when: Facts) -> Facts:
    rows, _ = run(given, already=bool(given.get("already_booked")))
    return {"transactions": _only(rows, "payment")}


@adapter(AREA, db=True)
def payment_processor_fee(given: Facts, when: Facts) -> Facts:
    rows, _ = run(given)
    return {"transactions": _only(rows, "processor_fee")}


@adapter(AREA, db=True)
def balance(given: Facts, when: Facts) -> Facts:
    amount = given.get("amount") or when["amount"]
    rows, _ = run({"payment": {"amount": amount}})
    return {"transactions": [row for row in _only(rows, "balance") if not row["fee_type"]]}


@adapter(AREA, db=True)
def order_paid(given: Facts, when: Facts) -> Facts:
    rows, result = run(given, already=bool(given.get("already_balanced")))
    balances = _only(rows, "balance")
    return {
        "transactions": balances,
        "merchant_net": sum(row["amount"] for row in balances if row["account"] == "merchant"),
        "order_platform_fee": result.platform_fee_amount,
    }
