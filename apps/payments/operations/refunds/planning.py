"""What a refund would do, for its plan: order, books, balance, and who is asked and told."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from apps.core.ids import new_id
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Call, Change, Money, Plan, Webhook, additions
from apps.ledger.books import Move
from apps.ledger.refunds import Refunded, refund_drafts
from apps.ledger.selectors import booked_payment, planned_moves, refund_reversal_drafts
from apps.orders.models import Order
from apps.orders.refunds import Parts, status_after
from apps.payments.letters import planned_refund_mails
from apps.payments.models import Payment, Refund
from apps.processors.gateway import BalanceTransaction
from apps.wallets.selectors import CreditLoss, credit_lost_by_refund, credit_taken_by_refund

TOLD: Final = ("refund.created", "order.refunded", "order.updated")
# What the apps above add to, with (order, payment, parts, revoke_benefits, origin).
REFUND: Final = "payments.refund"


def planned_refund(
    order: Order | None,
    payment: Payment,
    parts: Parts,
    *,
    revoke_benefits: bool,
    settlement: BalanceTransaction | None = None,
    origin: Origin,
) -> Plan:
    """
    The plan of giving `parts` of a payment back, for its order or, where it has none, to its payer.

    Without a `settlement`, as before it was asked for, the transfers are at the rate of the sale:
    another currency may settle at another one, and the platform bears the difference.
    """
    currency = payment.currency
    gross = format_amount(parts.gross_amount, currency)
    lost = _lost_credit(order, parts)
    effects = []
    if revoke_benefits:
        effects.append("The benefits of the purchase are revoked.")
    if order is not None and order.subscription_id is not None:
        effects.append("The subscription goes on.")
    money = [Money("Goes back to the payer", parts.gross_amount, currency)]
    if parts.tax_amount:
        money.append(Money("Of it tax", parts.tax_amount, currency))
    moves = [*_moves(payment, parts, settlement, origin.at), *(lost.moves if lost else ())]
    own = Plan(
        title=f"{gross} go back to the payer",
        changes=(*_changes(order, parts), *_wallet_changes(lost)),
        effects=tuple(effects),
        money=tuple(money),
        mails=planned_refund_mails(payment, order, parts),
        calls=(Call(f"Refund {gross} of {payment.processor_id}", "POST /v1/refunds"),),
        webhooks=tuple(Webhook(name) for name in TOLD) if order else (),
        events=("balance.refund", *(("order.refunded",) if order else ()), "refund.created"),
    )
    facts = {"order": order, "payment": payment, "parts": parts, "origin": origin}
    more = additions(REFUND, **facts, revoke_benefits=revoke_benefits)
    return own.joined([planned_moves(moves), *more])


def planned_return(refund: Refund, *, returned_amount: int | None, origin: Origin) -> Plan:
    """The plan of undoing a refund whose money came back, `returned_amount` of it if known."""
    order = refund.order
    taken = credit_taken_by_refund(refund.pk) if order else None
    drafts = refund_reversal_drafts(refund.pk, returned_amount=returned_amount, at=origin.at)
    moves = [one for draft in drafts for one in draft.transfers]
    own = Plan(
        title=f"{refund} did not arrive",
        changes=(
            *_changes(order, Parts(-refund.amount, -refund.tax_amount)),
            *_wallet_changes(taken),
        ),
        effects=("Somebody has to decide what becomes of it.",),
        events=(
            "balance.refund_reversal",
            *(("order.updated",) if order else ()),
            "refund.came_back",
            "refund.updated",
        ),
        webhooks=(Webhook("order.updated"), Webhook("refund.updated")) if order else (),
    )
    return own.joined([planned_moves([*moves, *(taken.moves if taken else ())])])


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


def _moves(
    payment: Payment, parts: Parts, settlement: BalanceTransaction | None, at: datetime
) -> list[Move]:
    booked = booked_payment(payment.processor_id)
    if booked is None:
        return []
    refunded = Refunded(
        refund_id=new_id(),
        charge_id=payment.processor_id,
        amount=parts.amount,
        tax_amount=parts.tax_amount,
        settlement_currency=booked.currency,
        settlement_amount=-settlement.amount
        if settlement
        else max(1, booked.settled(parts.gross_amount)),
        settlement_fee=settlement.fee if settlement else 0,
    )
    return [one for draft in refund_drafts(refunded, booked, at=at) for one in draft.transfers]


def _lost_credit(order: Order | None, parts: Parts) -> CreditLoss | None:
    if order is None:
        return None
    return credit_lost_by_refund(
        customer_id=order.customer_id,
        currency=order.currency,
        order_id=order.pk,
        amount=parts.gross_amount,
    )


def _wallet_changes(lost: CreditLoss | None) -> tuple[Change, ...]:
    if lost is None:
        return ()
    shown = [format_amount(amount, lost.currency) for amount in (lost.before, lost.after)]
    return (Change(lost.name, *shown),)
