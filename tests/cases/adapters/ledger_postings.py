"""
What is posted for a payment.

The tables know signed rows, one for each side without an account of its own. Our transfers say
the same with two accounts each, so this adapter reads them back as rows:

* a payment entry is one row of the platform, its tax beside it
* a processor fee leaves the platform
* what passes between merchant and platform is a pair that sums to nothing
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin
from apps.ledger.books import Move, Place
from apps.ledger.kinds import AccountKind
from apps.ledger.models import Entry, Transfer
from apps.ledger.operations import (
    AlreadyBalanced,
    PaymentNotBooked,
    balance_sale,
    post_entries,
    post_entry,
    post_payout,
    post_payout_reversal,
    post_payout_transfer,
    post_sale,
    set_fee_terms,
)
from apps.ledger.payouts import PayoutMoney
from apps.ledger.plans import FeePlan
from apps.ledger.sales import Sale, payment_drafts
from apps.ledger.selectors import FeeTerms, balances_of, merchant_money
from apps.organizations.models import Organization
from apps.payouts.fees import payout_amounts
from tests.cases.registry import Facts, adapter

AREA = "ledger_postings"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = Origin(actor=Actor.SYSTEM, door=Door.TASK, at=NOW)
CHARGE = "ch_case"
# What a payout costs counts at once, unlike the fees of sales.
PAYOUT_FEES = {"account", "cross_border_transfer", "payout"}
# The names that the tables have for our refusals.
ERRORS = {
    PaymentNotBooked: "PaymentTransactionForChargeDoesNotExist",
    AlreadyBalanced: "AlreadyBalancedOrder",
}


def merchant() -> Organization:
    return Organization.objects.create(
        name="Case", slug=f"case-{new_id().hex}", created_at=NOW, status_changed_at=NOW,
        invoice_prefix="CASE",
    )  # fmt: skip


def sale_for(organization: Organization, **facts: Any) -> Sale:
    usual: dict[str, Any] = {
        "organization_id": organization.pk,
        "order_id": UUID(int=1),
        "payment_id": UUID(int=2),
        "charge_id": CHARGE,
        "presentment_currency": "usd",
        "presentment_amount": 1000,
        "presentment_tax_amount": 0,
        "settlement_currency": "usd",
        "settlement_amount": 1000,
        "settlement_fee": 0,
        "exchange_rate": None,
        "available_at": NOW,
        "card_country": "US",
        "method": "card",
        "is_subscription": False,
        "used_3ds": False,
    }
    return Sale(**{**usual, **facts})


def rows_of(entries: Iterable[Entry]) -> list[Facts]:
    rows: list[Facts] = []
    for entry in entries:
        transfers = list(
            entry.transfers.select_related("debit_account", "credit_account").order_by("pk")
        )
        if entry.type == "payment":
            rows.append(_payment_row(entry, transfers))
        else:
            rows += [row for transfer in transfers for row in _rows(transfer)]
            rows += [row for fee in entry.details.get("fees", ()) for row in _empty_fee(entry, fee)]
    return rows


def _payment_row(entry: Entry, transfers: list[Transfer]) -> Facts:
    sums = {transfer.type: transfer.amount for transfer in transfers}
    return {
        "type": "payment",
        "account": "platform",
        "amount": sums.get("payment", 0),
        "tax_amount": sums.get("tax", 0),
        "currency": transfers[0].currency,
        "presentment_currency": entry.presentment_currency,
        "presentment_amount": entry.presentment_amount,
        "presentment_tax_amount": entry.presentment_tax_amount,
        "tax_country": entry.details["tax_country"],
        "tax_state": entry.details["tax_state"],
    }


def _rows(transfer: Transfer) -> list[Facts]:
    name, _, fee_type = transfer.type.partition(".")
    if name == "processor_fee":
        row = _row("processor_fee", "platform", -transfer.amount, transfer.currency)
        return [{**row, "fee_type": fee_type}]
    paid = transfer.amount
    if transfer.debit_account.kind == AccountKind.MERCHANT_BALANCE:
        paid = -paid
    return _pair(paid, transfer.currency, fee_type)


def _pair(paid: int, currency: str, fee_type: str) -> list[Facts]:
    pair = [
        _row("balance", "merchant", paid, currency),
        _row("balance", "platform", -paid, currency),
    ]
    return [{**row, "fee_type": fee_type or None} for row in pair]


def _empty_fee(entry: Entry, fee: Facts) -> list[Facts]:
    """A fee that rounded to nothing moves no money here; the tables show it."""
    if fee["amount"]:
        return []
    return _pair(0, entry.transfers.all()[0].currency, fee["type"])


def _row(kind: str, account: str, amount: int, currency: str) -> Facts:
    return {"type": kind, "account": account, "amount": amount, "currency": currency}


def _posted(*kinds: str) -> list[Entry]:
    return list(Entry.objects.filter(type__in=kinds).order_by("pk"))


@adapter(AREA, db=True)
def payment(given: Facts, when: Facts) -> Facts:
    charge, settled = given["charge"], given["settlement"]
    rate = settled.get("exchange_rate")
    sale = sale_for(
        merchant(),
        presentment_currency=charge["currency"],
        presentment_amount=charge["amount"],
        presentment_tax_amount=charge.get("tax_amount") or 0,
        settlement_currency=settled["currency"],
        settlement_amount=settled["amount"],
        exchange_rate=None if rate is None else Decimal(str(rate)),
        tax_country=charge.get("tax_country"),
        tax_state=charge.get("tax_state"),
    )
    known: set[UUID] = set()
    if given.get("already_booked"):
        known = set(post_sale(sale=sale, origin=ORIGIN).entry_ids)
    post_sale(sale=sale, origin=ORIGIN)
    return {"transactions": rows_of(row for row in _posted("payment") if row.pk not in known)}


@adapter(AREA, db=True)
def payment_processor_fee(given: Facts, when: Facts) -> Facts:
    # Money that came without a charge has no processor that could take a fee.
    if given.get("charge_id", CHARGE):
        fee = given["processor_fee"]
        post_sale(sale=sale_for(merchant(), settlement_fee=fee), origin=ORIGIN)
    return {"transactions": rows_of(_posted("processor_fee"))}


@adapter(AREA, db=True)
def balance(given: Facts, when: Facts) -> Facts:
    return _move_balance(given["amount"])


@adapter(AREA, db=True)
def reversal_balance(given: Facts, when: Facts) -> Facts:
    return _move_balance(-given["amount"])


def _move_balance(amount: int) -> Facts:
    owner = merchant().pk
    clearing = Place(AccountKind.SALES_CLEARING, "usd", owner)
    balance_place = Place(AccountKind.MERCHANT_BALANCE, "usd", owner)
    sides = (clearing, balance_place) if amount > 0 else (balance_place, clearing)
    entry = post_entry(
        reference="balance:case",
        type="balance",
        transfers=[Move("balance", *sides, abs(amount))],
        organization_id=owner,
        at=NOW,
    )
    return {"transactions": rows_of([entry])}


@adapter(AREA, db=True)
def balance_from_charge(given: Facts, when: Facts) -> Facts:
    sale = sale_for(merchant())
    if given["payment_booked"]:
        post_entries(drafts=payment_drafts(sale, at=NOW))
    return _balance(sale)


@adapter(AREA, db=True)
def order_paid(given: Facts, when: Facts) -> Facts:
    plan, card = given["plan"], given.get("card") or {"type": "card", "country": "US"}
    owner = merchant()
    rates = FeePlan(
        bps=plan["basis_points"],
        fixed_amount=plan["fixed"],
        subscription_bps=plan.get("subscription_basis_points", 0),
    )
    set_fee_terms(organization_id=owner.pk, terms=FeeTerms("case", rates, True), origin=ORIGIN)
    paid = given["payment"]
    gross = paid["amount"] + paid["tax_amount"]
    sale = sale_for(
        owner,
        presentment_amount=gross,
        presentment_tax_amount=paid["tax_amount"],
        settlement_amount=gross,
        card_country=card.get("country"),
        method=card["type"],
        is_subscription=bool(given.get("subscription")),
    )
    post_entries(drafts=payment_drafts(sale, at=NOW))
    if given.get("already_balanced"):
        balance_sale(sale=sale, origin=ORIGIN)
    return _balance(sale)


def _balance(sale: Sale) -> Facts:
    known = set(Entry.objects.values_list("pk", flat=True))
    try:
        result = balance_sale(sale=sale, origin=ORIGIN)
    except tuple(ERRORS) as error:
        return {"transactions": [], "error": ERRORS[type(error)]}
    rows = rows_of(entry for entry in _posted("balance", "platform_fee") if entry.pk not in known)
    return {
        "transactions": rows,
        "merchant_net": sum(row["amount"] for row in rows if row["account"] == "merchant"),
        "order_platform_fee": result.platform_fee_amount,
        "error": None,
    }


@adapter(AREA, db=True)
def payout(given: Facts, when: Facts) -> Facts:
    owner = merchant()
    _earn(owner, given["available"], age_days=10)
    amounts = payout_amounts(
        given["available"], country=given["country"], is_account_fee_due=given["first_payout"]
    )
    money = PayoutMoney(
        payout_id=new_id(),
        organization_id=owner.pk,
        currency="usd",
        amount=amounts.net_amount,
        fees=tuple((fee.type, fee.amount) for fee in amounts.fees),
    )
    return _payout_facts(owner, post_payout(money=money, origin=ORIGIN))


@adapter(AREA, db=True)
def cancel_payout(given: Facts, when: Facts) -> Facts:
    owner, paid = merchant(), given["payout"]
    money = PayoutMoney(
        payout_id=new_id(),
        organization_id=owner.pk,
        currency="usd",
        amount=paid["amount"],
        fees=tuple((kind, amount) for kind, amount in paid["fees"]),
    )
    _earn(owner, money.amount + sum(amount for _, amount in money.fees), age_days=10)
    post_payout(money=money, origin=ORIGIN)
    is_transferred = given["transfer_made"]
    if is_transferred:
        post_payout_transfer(money=money, transfer_id="tr_case", origin=ORIGIN)
    undone = post_payout_reversal(
        payout_id=money.payout_id, keeps_fees=is_transferred, origin=ORIGIN
    )
    return _payout_facts(owner, undone)


@adapter(AREA, db=True)
def summary(given: Facts, when: Facts) -> Facts:
    owner = merchant()
    delay = timedelta(days=given["payout_delay_days"])
    for row in given["rows"]:
        at = NOW - timedelta(days=row["age_days"])
        is_sale = row["type"] == "balance" and row.get("fee_type") not in PAYOUT_FEES
        _earn(
            owner,
            row["amount"],
            age_days=row["age_days"],
            available_at=at + delay if is_sale else None,
            kind=AccountKind.PAYOUTS_DUE if "payout" in row["type"] else AccountKind.SALES_CLEARING,
        )
    due = {one.balance.kind: one.balance.amount for one in balances_of(owner.pk)}
    money = merchant_money(owner.pk, currency="usd", at=NOW)
    release, last = money.next_release, money.is_available_from
    return {
        "balance": money.balance_amount,
        "available": money.available_amount,
        "held": money.pending_amount,
        "payouts": -due.get(AccountKind.PAYOUTS_DUE, 0),
        "next_release_amount": release.amount if release else None,
        "next_release_in_days": (release.at - NOW).days if release else None,
        "fully_available_in_days": (last - NOW).days if last else None,
    }


def _earn(
    owner: Organization,
    amount: int,
    *,
    age_days: int,
    available_at: datetime | None = None,
    kind: AccountKind = AccountKind.SALES_CLEARING,
) -> None:
    other = Place(kind, "usd", owner.pk)
    balance_place = Place(AccountKind.MERCHANT_BALANCE, "usd", owner.pk)
    sides = (other, balance_place) if amount > 0 else (balance_place, other)
    post_entry(
        reference=f"balance:{new_id()}",
        type="balance",
        transfers=[Move("balance", *sides, abs(amount), available_at)],
        organization_id=owner.pk,
        at=NOW - timedelta(days=age_days),
    )


def _payout_facts(owner: Organization, entries: Iterable[Entry]) -> Facts:
    """What entries mean for the merchant; that money is in transit is not a row of the tables."""
    rows: list[Facts] = []
    for entry in entries:
        for transfer in entry.transfers.select_related("debit_account", "credit_account"):
            kinds = {transfer.debit_account.kind, transfer.credit_account.kind}
            if AccountKind.MERCHANT_BALANCE not in kinds:
                continue
            if AccountKind.PAYOUTS_DUE not in kinds:
                rows += _rows(transfer)
                continue
            is_back = transfer.credit_account.kind == AccountKind.MERCHANT_BALANCE
            rows.append(
                _row(
                    "payout_reversal" if is_back else "payout",
                    "merchant",
                    transfer.amount if is_back else -transfer.amount,
                    transfer.currency,
                )
            )
    left = merchant_money(owner.pk, currency="usd", at=NOW).balance_amount
    return {"transactions": rows, "merchant_balance_after": left}
