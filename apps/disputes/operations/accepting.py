"""
Conceding a dispute: the bank keeps the money.

That it was conceded is written down before the processor is asked, and no transaction is open
while it is. A process that dies, or whose answer is lost, leaves the mark, and
`resume_acceptance` goes on from there under the same key.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError
from apps.core.jobs import enqueue
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Call, Change, Money, Plan, Webhook
from apps.disputes.errors import AcceptanceInProgress, DisputeNotOpenError
from apps.disputes.locks import lock_held_dispute
from apps.disputes.models import Dispute
from apps.disputes.operations.conceding import claim_auto_accept
from apps.disputes.operations.recording import take_dispute
from apps.disputes.operations.telling import announce_dispute
from apps.ledger.selectors import planned_moves
from apps.ledger.selectors.disputing import dispute_loss_drafts
from apps.orders.models import Order
from apps.orders.refunds import refundable, status_after
from apps.processors.errors import OutcomeUnknown, PaymentError, ProcessorUnavailable
from apps.processors.gateway import disputes as gateway
from apps.wallets.selectors import CreditLoss, credit_lost_by_refund

Status = Dispute.Status
# When to look after a lost answer, without waiting for the sweep.
RETRY_SECONDS: Final = 15


def plan_accept_dispute(*, dispute_id: UUID, origin: Origin) -> Plan:
    """What `accept_dispute` would do now. Raises as it does, but asks nobody."""
    rows = Dispute.objects.select_related("payment", "order__customer", "organization")
    dispute = rows.get(pk=dispute_id)
    _require_open(dispute)
    return _plan(dispute, origin)


def accept_dispute(*, dispute_id: UUID, agreed: str | None = None, origin: Origin) -> Dispute:
    """
    Concede a dispute at the processor: it is lost, or over in the case of an inquiry.

    Called outside a transaction. Records `dispute.accepting`, and `dispute.accepted` once the
    processor has done it.

    :raises DisputeNotOpenError: if it needs no response, here or at the processor.
    :raises AcceptanceInProgress: if the answer was lost; it is asked for again.
    :raises ProcessorUnavailable: if it was not reached; the dispute is as it was.
    :raises PlanChanged: if another plan was agreed to.
    """
    dispute, is_first = _begin(dispute_id, agreed, origin)
    return _ask(dispute, is_first_try=is_first, origin=origin)


def resume_acceptance(*, dispute_id: UUID, origin: Origin) -> None:
    """
    Find out what became of an acceptance whose answer is missing, asking again under its key.

    Raises ProcessorUnavailable and AcceptanceInProgress: the next run asks again.
    """
    dispute = Dispute.objects.select_related("payment", "organization").get(pk=dispute_id)
    if dispute.accept_asked_at is None or dispute.accepted_at is not None:
        return
    try:
        _ask(dispute, is_first_try=False, origin=origin)
    except (ProcessorUnavailable, AcceptanceInProgress):
        raise
    except DomainError:
        # It needs no response any more: that has been recorded, and there is nobody to tell.
        return


def run_auto_accept(*, dispute_id: UUID, origin: Origin) -> None:
    """
    Concede a dispute whose announced time has come, if that is still right.

    Raises as `accept_dispute`.
    """
    if claim_auto_accept(dispute_id=dispute_id, origin=origin):
        accept_dispute(dispute_id=dispute_id, origin=origin.because("Below the merchant's limit."))


@transaction.atomic
def _begin(dispute_id: UUID, agreed: str | None, origin: Origin) -> tuple[Dispute, bool]:
    dispute = lock_held_dispute(dispute_id)
    _require_open(dispute)
    _plan(dispute, origin).require(agreed)
    if dispute.accept_asked_at is not None:
        return dispute, False
    dispute.accept_asked_at = dispute.modified_at = origin.at
    dispute.save(update_fields=["accept_asked_at", "modified_at"])
    announce_dispute(dispute, "dispute.accepting", origin=origin)
    return dispute, True


def _ask(dispute: Dispute, *, is_first_try: bool, origin: Origin) -> Dispute:
    processor_id = dispute.processor_id or ""
    refusal: PaymentError | None = None
    try:
        gateway.close_dispute(key=dispute.accept_key, dispute_id=processor_id)
    except PaymentError as error:
        # It has ended otherwise, or is being reviewed; what it is, is read.
        refusal = error
    except ProcessorUnavailable:
        if is_first_try:
            _give_up(dispute.pk, origin)
        raise
    except OutcomeUnknown as error:
        _look_again_soon(dispute)
        raise AcceptanceInProgress from error
    taken = take_dispute(
        processor_id=processor_id, charge_id=dispute.payment.processor_id, origin=origin
    )
    if taken is None:
        raise LookupError(f"The payment of {processor_id} is not known.")
    if refusal is not None and taken.accepted_at is None:
        _give_up(dispute.pk, origin)
        raise DisputeNotOpenError(refusal.detail) from refusal
    return taken


@transaction.atomic
def _give_up(dispute_id: UUID, origin: Origin) -> None:
    """It was not conceded: take the mark away."""
    dispute = lock_held_dispute(dispute_id)
    if dispute.accept_asked_at is not None and dispute.accepted_at is None:
        dispute.accept_asked_at, dispute.modified_at = None, origin.at
        dispute.save(update_fields=["accept_asked_at", "modified_at"])


@transaction.atomic
def _look_again_soon(dispute: Dispute) -> None:
    enqueue(
        "disputes.resume_acceptance",
        queue="high",
        countdown=RETRY_SECONDS,
        dispute_id=str(dispute.pk),
    )


def _require_open(dispute: Dispute) -> None:
    if dispute.status != Status.NEEDS_RESPONSE or dispute.processor_id is None:
        raise DisputeNotOpenError


def _plan(dispute: Dispute, origin: Origin) -> Plan:
    after = Status.PREVENTED if dispute.is_inquiry else Status.LOST
    gross = format_amount(dispute.gross_amount, dispute.currency)
    counted = _counted(dispute)
    credit = _lost_credit(dispute) if counted else None
    drafts = dispute_loss_drafts(dispute.pk, at=origin.at)
    moves = [one for draft in drafts for one in draft.transfers]
    if credit is not None:
        moves += credit.moves
        shown = [format_amount(amount, credit.currency) for amount in (credit.before, credit.after)]
        counted = (*counted, Change(credit.name, *shown))
    lost = (Money("Lost", dispute.gross_amount, dispute.currency),)
    effects = ["What the order gives access to ends, its subscription with it."]
    if dispute.is_inquiry:
        effects.insert(0, "The bank has taken no money, and takes none.")
    own = Plan(
        title=f"{gross} are left to the bank",
        changes=(Change(str(dispute), dispute.status, after.value), *counted),
        effects=tuple(effects),
        money=() if dispute.is_inquiry else lost,
        webhooks=(Webhook("order.updated"),) if counted else (),
        calls=(Call(f"Accept {dispute}", f"POST /v1/disputes/{dispute.processor_id}/close"),),
        events=(
            "dispute.accepting",
            *(("order.updated",) if counted else ()),
            "dispute.accepted",
            f"dispute.{after.value}",
        ),
    )
    return own.joined([planned_moves(moves)])


def _lost_credit(dispute: Dispute) -> CreditLoss | None:
    """What the customer's balance loses that the order had given."""
    if dispute.order is None:
        return None
    net, tax = _countable(dispute, dispute.order)
    if not net and not tax:
        return None
    return credit_lost_by_refund(
        customer_id=dispute.order.customer_id,
        currency=dispute.currency,
        order_id=dispute.order.pk,
        amount=net + tax,
    )


def _counted(dispute: Dispute) -> tuple[Change, ...]:
    order = dispute.order
    if order is None or not dispute.is_holding:
        return ()
    net, tax = _countable(dispute, order)
    if not net and not tax:
        return ()
    before = order.refunded_amount + order.refunded_tax_amount
    pairs = (
        (str(order), order.status, status_after(order, order.refunded_amount + net).value),
        (
            "Gone back, with tax",
            format_amount(before, order.currency),
            format_amount(before + net + tax, order.currency),
        ),
    )
    return tuple(Change(*pair) for pair in pairs if pair[1] != pair[2])


def _countable(dispute: Dispute, order: Order) -> tuple[int, int]:
    """What the order would count as lost, net and tax: as far as it has not given it back."""
    left = refundable(order)
    return min(dispute.amount, left.amount), min(dispute.tax_amount, left.tax_amount)
