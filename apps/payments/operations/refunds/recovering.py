"""What staff do about a refund that did not arrive: again, as credit, or nothing."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from apps.core.errors import InvalidTransition
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Plan
from apps.ledger.selectors import planned_moves
from apps.orders.models import Order
from apps.orders.refunds import Parts, RefundAmountTooHigh, parts_of_gross, refundable
from apps.payments.errors import RefundDisputedPayment
from apps.payments.models import Payment, Refund
from apps.payments.operations.refunds.asking import ask_for_refund
from apps.payments.operations.refunds.planning import planned_refund
from apps.payments.operations.refunds.recording import lock_held_refund
from apps.payments.operations.refunds.refunding import (
    RefundInput,
    require_refundable,
    require_settled_payment,
    write_refund,
)
from apps.payments.operations.refunds.returning import returnable_parts
from apps.payments.operations.refunds.telling import announce_refund
from apps.payments.selectors import promised_parts
from apps.wallets.models import Wallet
from apps.wallets.operations import adjust_wallet
from apps.wallets.postings import movement_moves
from apps.wallets.selectors import balance


def plan_retry_refund(*, refund_id: UUID, origin: Origin) -> Plan:
    """What `retry_refund` would do now. Raises as it does, but asks nobody."""
    refund = _found(refund_id)
    return _plan_retry(refund, _again(refund), origin)


def retry_refund(*, refund_id: UUID, agreed: str | None = None, origin: Origin) -> Refund:
    """
    Ask for the money of a refund that did not arrive once more, by a new refund.

    The old one is settled by it, unless the processor refuses. Called outside a transaction.
    Raises as `refund_order`, and InvalidTransition for a refund that nothing is to be done about.
    """
    again = _begin_again(refund_id, agreed, origin)
    return ask_for_refund(again, is_first_try=True, origin=origin)


def plan_credit_refund(*, refund_id: UUID, origin: Origin) -> Plan:
    """What `credit_refund` would do now. Raises as it does."""
    return _plan_credit(_found(refund_id))


@transaction.atomic
def credit_refund(*, refund_id: UUID, agreed: str | None = None, origin: Origin) -> Refund:
    """
    Give the customer credit with the merchant in place of a refund that did not arrive.

    The order counts it as promised: it cannot go back as money as well.

    :raises InvalidTransition: if nothing is to be done about it, or it has no order.
    :raises RefundDisputedPayment: while the bank of its payer contests the payment.
    :raises RefundAmountTooHigh: if the order has given back so much otherwise by now.
    :raises PlanChanged: if another plan was agreed to.
    """
    refund = lock_held_refund(refund_id)
    _plan_credit(refund).require(agreed)
    order = _order_of(refund)
    adjust_wallet(
        customer=order.customer,
        currency=refund.currency,
        amount=refund.gross_amount,
        note=f"In place of {refund}",
        origin=replace(origin, idempotency_key=f"refund_credit:{refund.pk}"),
    )
    return _resolve(refund, Refund.Resolution.CREDITED, origin)


def plan_dismiss_refund(*, refund_id: UUID, origin: Origin) -> Plan:
    """What `dismiss_refund` would do. Raises as it does."""
    return _plan_dismissal(_found(refund_id))


@transaction.atomic
def dismiss_refund(*, refund_id: UUID, agreed: str | None = None, origin: Origin) -> Refund:
    """
    Say that nothing more is to be done about a refund that did not arrive; `origin` says why.

    :raises InvalidTransition: if nothing was to be done about it anyway.
    :raises PlanChanged: if another plan was agreed to.
    """
    refund = lock_held_refund(refund_id)
    _plan_dismissal(refund).require(agreed)
    return _resolve(refund, Refund.Resolution.DISMISSED, origin)


@transaction.atomic
def _begin_again(refund_id: UUID, agreed: str | None, origin: Origin) -> Refund:
    refund = lock_held_refund(refund_id)
    payment, parts = _again(refund)
    _plan_retry(refund, (payment, parts), origin).require(agreed)
    data = RefundInput(
        reason=refund.reason,
        source=Refund.Source.STAFF,
        comment=refund.comment,
        revoke_benefits=refund.revoke_benefits,
        metadata=refund.metadata,
    )
    made = write_refund(
        payment=payment,
        order=refund.order,
        parts=parts,
        data=data,
        retry_of=refund,
        origin=origin,
    )
    _resolve(refund, Refund.Resolution.RETRIED, origin)
    return made


def _again(refund: Refund) -> tuple[Payment, Parts]:
    """What would be asked for: the same amount, while so much is left."""
    _require_open(refund)
    if refund.order is None:
        left = returnable_parts(refund.payment)
        return refund.payment, Parts(min(left.amount, refund.gross_amount), 0)
    require_refundable(refund.order)
    return require_settled_payment(refund.order), _parts(refund.order, refund)


def _parts(order: Order, refund: Refund) -> Parts:
    promised = promised_parts(order.pk)
    left = refundable(order, promised=promised)
    if refund.gross_amount > left.gross_amount:
        raise RefundAmountTooHigh(refund.amount, left.amount, order.currency)
    return parts_of_gross(order, refund.gross_amount, promised=promised)


def _plan_retry(refund: Refund, again: tuple[Payment, Parts], origin: Origin) -> Plan:
    payment, parts = again
    plan = planned_refund(
        refund.order, payment, parts, revoke_benefits=refund.revoke_benefits, origin=origin
    )
    return replace(
        plan,
        changes=(Change(str(refund), "did not arrive", "retried"), *plan.changes),
        events=("refund.resolved", *plan.events),
    )


def _plan_credit(refund: Refund) -> Plan:
    _require_open(refund)
    order = _order_of(refund)
    if refund.payment.contested_at is not None:
        # The bank may give the payer the same money.
        raise RefundDisputedPayment
    _parts(order, refund)
    before = balance(order.customer_id, refund.currency)
    shown = [
        format_amount(amount, refund.currency) for amount in (before, before + refund.gross_amount)
    ]
    own = Plan(
        title=f"{order.customer} gets credit in place of {refund}",
        changes=(
            Change(str(refund), "did not arrive", "credited"),
            Change("Balance of the customer", *shown),
        ),
        effects=(
            "The next order of a subscription uses it.",
            "The order keeps its money, and this much of it cannot be refunded any more.",
        ),
        events=("wallet.adjusted", "refund.resolved"),
    )
    wallet = Wallet(
        organization_id=order.organization_id, customer=order.customer, currency=refund.currency
    )
    credited = movement_moves(wallet, "adjustment", refund.gross_amount)
    return own.joined([planned_moves(credited)])


def _plan_dismissal(refund: Refund) -> Plan:
    _require_open(refund)
    amount = format_amount(refund.gross_amount, refund.currency)
    return Plan(
        title=f"Nothing more is done about {refund}",
        changes=(Change(str(refund), "did not arrive", "dismissed"),),
        effects=(f"{amount} stay where they are: nothing is paid, nothing is booked.",),
        events=("refund.resolved",),
    )


def _found(refund_id: UUID) -> Refund:
    rows = Refund.objects.select_related(
        "payment", "order__organization", "order__customer", "organization"
    )
    return rows.get(pk=refund_id)


def _order_of(refund: Refund) -> Order:
    if refund.order is None:
        raise InvalidTransition("It has no order, so there is no customer to credit.")
    return refund.order


def _require_open(refund: Refund) -> None:
    if refund.attention_at is None or refund.resolution:
        raise InvalidTransition("Nothing is to be done about this refund.")


def _resolve(refund: Refund, resolution: Refund.Resolution, origin: Origin) -> Refund:
    refund.resolution = resolution
    refund.attention_at = None
    refund.modified_at = origin.at
    refund.save(update_fields=["resolution", "attention_at", "modified_at"])
    announce_refund(
        refund,
        "refund.resolved",
        origin=origin,
        changes={"resolution": ("", resolution.value)},
    )
    return refund
