"""What a refund would do, for its plan: order, books, balance, and who is asked and told."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from apps.core.ids import new_id
from apps.core.money import format_amount
from apps.core.plans import Change, Money, Plan, Transfer, Webhook
from apps.ledger.books import Move, Place
from apps.ledger.kinds import natural_amount
from apps.ledger.refunds import Refunded, refund_drafts
from apps.ledger.selectors import accounts_at, balances, booked_payment
from apps.orders.models import Order
from apps.orders.refunds import Parts, status_after
from apps.payments.models import Payment
from apps.wallets.amounts import unearned_amount
from apps.wallets.selectors import balance

TOLD: Final = ("refund.created", "order.refunded", "order.updated")


def planned_refund(
    order: Order | None, payment: Payment, parts: Parts, *, revoke_benefits: bool, at: datetime
) -> Plan:
    """
    The plan of giving `parts` of a payment back, for its order or, where it has none, to its payer.

    The transfers are at the rate of the sale: another currency may settle at another one, and the
    platform bears the difference.
    """
    currency = payment.currency
    gross = format_amount(parts.gross_amount, currency)
    transfers = _transfers(payment, parts, at)
    effects = [f"Stripe is asked to refund {gross} of {payment.processor_id}."]
    if revoke_benefits:
        effects.append("The benefits of the purchase are revoked.")
    if order is not None and order.subscription_id is not None:
        effects.append("The subscription goes on.")
    money = [Money("Goes back to the payer", parts.gross_amount, currency)]
    if parts.tax_amount:
        money.append(Money("Of it tax", parts.tax_amount, currency))
    wallet = _from_wallet(order, parts)
    return Plan(
        title=f"{gross} go back to the payer",
        changes=(*_changes(order, parts), *_wallet_changes(order, wallet)),
        effects=tuple(effects),
        money=tuple(money),
        transfers=(*(_shown(one) for one in transfers), *_wallet_transfers(order, wallet)),
        webhooks=tuple(Webhook(name) for name in TOLD) if order else (),
        notes=_before_and_after(transfers),
    )


def _changes(order: Order | None, parts: Parts) -> tuple[Change, ...]:
    if order is None:
        return ()
    after = order.refunded_amount + parts.amount

    def shown(net: int, tax: int) -> str:
        return format_amount(net + tax, order.currency)

    candidates = (
        Change(str(order), order.status, status_after(order, after).value),
        Change(
            "Refunded, with tax",
            shown(order.refunded_amount, order.refunded_tax_amount),
            shown(after, order.refunded_tax_amount + parts.tax_amount),
        ),
    )
    return tuple(change for change in candidates if change.before != change.after)


def _transfers(payment: Payment, parts: Parts, at: datetime) -> list[Move]:
    booked = booked_payment(payment.processor_id)
    if booked is None:
        return []
    refunded = Refunded(
        refund_id=new_id(),
        charge_id=payment.processor_id,
        amount=parts.amount,
        tax_amount=parts.tax_amount,
        settlement_currency=booked.currency,
        settlement_amount=max(1, booked.settled(parts.gross_amount)),
    )
    return [one for draft in refund_drafts(refunded, booked, at=at) for one in draft.transfers]


def _shown(one: Move) -> Transfer:
    return Transfer(_name(one.debit), _name(one.credit), one.amount, one.debit.currency)


def _name(place: Place) -> str:
    return place.kind.replace("_", " ")


def _before_and_after(transfers: list[Move]) -> tuple[str, ...]:
    """What each account holds now and then: a note, since every sale moves the hot ones."""
    credit: dict[Place, int] = {}
    for one in transfers:
        credit[one.credit] = credit.get(one.credit, 0) + one.amount
        credit[one.debit] = credit.get(one.debit, 0) - one.amount
    accounts = accounts_at(list(credit))
    held = {row.account.pk: row.balance for row in balances(accounts.values())}
    lines = []
    for place, change in sorted(credit.items(), key=lambda pair: str(pair[0])):
        account = accounts.get(place)
        if account is None or not change:
            continue
        before = held[account.pk].amount
        after = before + natural_amount(place.kind, debit_amount=0, credit_amount=change)
        shown = (format_amount(amount, place.currency) for amount in (before, after))
        lines.append(f"{_name(place).capitalize()}: {' → '.join(shown)}.")
    return tuple(lines)


def _from_wallet(order: Order | None, parts: Parts) -> tuple[int, int]:
    """The customer's balance, and what of it the refund takes away."""
    if order is None:
        return 0, 0
    before = balance(order.customer_id, order.currency)
    return before, unearned_amount(before, parts.gross_amount)


def _wallet_changes(order: Order | None, wallet: tuple[int, int]) -> tuple[Change, ...]:
    before, taken = wallet
    if order is None or not taken:
        return ()
    shown = [format_amount(amount, order.currency) for amount in (before, before - taken)]
    return (Change("Balance of the customer", *shown),)


def _wallet_transfers(order: Order | None, wallet: tuple[int, int]) -> tuple[Transfer, ...]:
    if order is None or not wallet[1]:
        return ()
    return (Transfer("customer balance", "customer credit", wallet[1], order.currency),)
