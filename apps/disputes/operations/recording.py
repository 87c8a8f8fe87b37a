"""
What the processor tells about disputes: in any order, any number of times.

A message is only a reason to look: the dispute is read again once whatever the payment pays is
locked, so that what is read is never older than what was recorded before it. Everything that
follows is a comparison of what stands there with what stands here.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.disputes.errors import DisputeTooEarly
from apps.disputes.locks import lock_dispute, lock_matching_dispute, lock_told_dispute
from apps.disputes.models import Dispute
from apps.disputes.operations.conceding import announce_auto_accept
from apps.disputes.operations.moving import ends_quietly, move_money, prevent
from apps.disputes.operations.telling import announce_dispute, as_text
from apps.disputes.states import CONTESTING, DISPUTE, ENDS, dispute_status
from apps.orders.models import Order
from apps.orders.refunds import Parts, parts_of_gross
from apps.payments.models import Payment
from apps.payments.operations import contest_payment, settle_contest
from apps.payments.operations.refunds.recording import hold_order_or_payment
from apps.processors.gateway import disputes as gateway
from apps.processors.gateway.disputes import DisputeFacts

Status = Dispute.Status
# What is taken over as it is told.
_TOLD: Final = (
    "reason",
    "network_reason_code",
    "evidence_due_at",
    "has_evidence",
    "is_past_due",
    "submission_count",
)


@transaction.atomic
def take_dispute(*, processor_id: str, charge_id: str, origin: Origin) -> Dispute | None:
    """
    Bring the dispute to what the processor says of it now; None for a charge that is not ours.

    :raises DisputeTooEarly: if its payment is not in the books yet.
    :raises ProcessorUnavailable: if it cannot be read now.
    """
    payment = payment_of(charge_id)
    if payment is None:
        return None
    hold_payment(payment)
    return record_dispute(facts=gateway.read_dispute(processor_id), origin=origin)


@transaction.atomic
def record_dispute(*, facts: DisputeFacts, origin: Origin) -> Dispute | None:
    """
    The dispute that `facts` tell of, brought to what they say; None for a charge that is not ours.

    `facts` are to be read while the payment is held: older ones would take it back. Records
    `dispute.opened` once, the outcome when it comes about, `dispute.updated` for other changes.

    :raises DisputeTooEarly: if money moved of a payment that is not in the books yet.
    """
    payment = payment_of(facts.charge_id)
    if payment is None:
        return None
    if facts.withdrawals and payment.booked_at is None:
        raise DisputeTooEarly("Its payment is not in the books yet.")
    order = hold_payment(payment)
    dispute, is_new, is_matched = _taken_up(facts, payment, order, origin)
    before = "" if is_new else dispute.status
    target = _target(before, facts)
    changes = _take_over(dispute, facts)
    if is_matched:
        changes["processor_id"] = (None, facts.id)
    if before == target or (before and not DISPUTE.allows(before, target)):
        target = before
    _finish(dispute, facts, (before, target), changes, origin)
    return dispute


def payment_of(charge_id: str) -> Payment | None:
    """The payment that a charge is known as."""
    rows = Payment.objects.select_related("organization", "order")
    return rows.filter(processor_id=charge_id).first()


def hold_payment(payment: Payment) -> Order | None:
    """Lock what refunds and disputes of a payment wait for; its order, where it pays one."""
    order_id = payment.order_id if payment.unclaimed_at is None else None
    return hold_order_or_payment(order_id, payment.pk)


def contested_parts(order: Order | None, gross_amount: int) -> Parts:
    """
    How an amount in dispute divides into net and tax: as a refund of it would.

    A refund that is on its way is left out: one of the two will not get the money.
    """
    if order is None:
        return Parts(gross_amount, 0)
    return parts_of_gross(order, gross_amount)


def contest_while_open(dispute: Dispute, origin: Origin) -> None:
    """Let nothing else give the money back while a bank has it, or is about to take it."""
    others = Dispute.objects.filter(
        payment_id=dispute.payment_id, status__in=CONTESTING, is_inquiry=False
    )
    if others.exists():
        contest_payment(payment_id=dispute.payment_id, origin=origin)
    else:
        settle_contest(payment_id=dispute.payment_id, origin=origin)


def _taken_up(
    facts: DisputeFacts, payment: Payment, order: Order | None, origin: Origin
) -> tuple[Dispute, bool, bool]:
    """The row of it, whether this call made it, and whether only an alert was known before."""
    known = lock_told_dispute(facts.id)
    if known is not None:
        return known, False, False
    matching = lock_matching_dispute(
        payment_id=payment.pk,
        gross_amount=facts.amount,
        currency=facts.currency,
        is_alerted=True,
    )
    if matching is not None:
        matching.processor_id = facts.id
        return matching, False, True
    parts = contested_parts(order, facts.amount)
    status = dispute_status(facts.status)
    draft = Dispute(
        created_at=origin.at,
        organization_id=payment.organization_id,
        payment=payment,
        order=order,
        customer_id=order.customer_id if order else payment.customer_id,
        status=status,
        amount=parts.amount,
        tax_amount=parts.tax_amount,
        currency=facts.currency,
        processor_id=facts.id,
        opened_at=origin.at,
        closed_at=origin.at if status in ENDS else None,
    )
    Dispute.objects.bulk_create([draft], ignore_conflicts=True)
    pk: UUID = Dispute.objects.values_list("pk", flat=True).get(processor_id=facts.id)
    return lock_dispute(pk), pk == draft.pk, False


def _target(before: str, facts: DisputeFacts) -> str:
    told = dispute_status(facts.status)
    is_prevented = before == Status.PREVENTED or ends_quietly(facts)
    return Status.PREVENTED if told in ENDS and is_prevented else told


def _take_over(dispute: Dispute, facts: DisputeFacts) -> dict[str, tuple[Any, Any]]:
    changes = {}
    for name in _TOLD:
        was, now = getattr(dispute, name), getattr(facts, name)
        if name == "is_past_due":
            # A deadline that has passed has passed, whoever noticed first.
            now = now or was
        if was != now:
            changes[name] = (as_text(was), as_text(now))
            setattr(dispute, name, now)
    is_inquiry = facts.is_inquiry
    if dispute.is_inquiry != is_inquiry:
        changes["is_inquiry"] = (dispute.is_inquiry, is_inquiry)
        dispute.is_inquiry = is_inquiry
    return changes


def _finish(
    dispute: Dispute,
    facts: DisputeFacts,
    status: tuple[str, str],
    changes: dict[str, tuple[Any, Any]],
    origin: Origin,
) -> None:
    before, after = status
    was_accepted = dispute.accepted_at is not None
    dispute.status = after
    dispute.is_rapid_resolution = dispute.is_rapid_resolution or ends_quietly(facts)
    if after in ENDS:
        dispute.closed_at = dispute.closed_at or origin.at
        dispute.auto_accept_at = None
        if dispute.accept_asked_at is not None and after != Status.WON:
            dispute.accepted_at = dispute.accepted_at or origin.at
    else:
        dispute.closed_at = None
    if after == Status.PREVENTED:
        prevent(dispute, facts, origin)
    else:
        move_money(dispute, facts, origin)
    dispute.modified_at = origin.at
    dispute.save()
    contest_while_open(dispute, origin)
    _tell(dispute, (before, after), changes, was_accepted, origin)
    if after == Status.NEEDS_RESPONSE != before:
        announce_auto_accept(dispute, origin)


def _tell(
    dispute: Dispute,
    status: tuple[str, str],
    changes: dict[str, tuple[Any, Any]],
    was_accepted: bool,
    origin: Origin,
) -> None:
    before, after = status
    if not before:
        announce_dispute(dispute, "dispute.opened", origin=origin)
    if dispute.accepted_at is not None and not was_accepted:
        announce_dispute(dispute, "dispute.accepted", origin=origin)
    moved = {**changes, "status": (before, after)} if before != after else changes
    if before != after and after in {*ENDS, Status.UNDER_REVIEW}:
        announce_dispute(dispute, f"dispute.{after}", origin=origin, changes=moved)
    elif before and moved:
        announce_dispute(dispute, "dispute.updated", origin=origin, changes=moved)
