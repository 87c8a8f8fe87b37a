"""From a refund that was written down to what the processor made of it, whatever breaks between."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.core.errors import DomainError
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.payments.errors import RefundInProgress
from apps.payments.models import Refund
from apps.payments.operations.refunds.keeping import follow_refund
from apps.payments.operations.refunds.recording import (
    lock_held_refund,
    record_refund,
    with_settlement,
)
from apps.payments.operations.refunds.words import REFUND_KEY, refusal_of, stated_reason
from apps.payments.states import REFUND
from apps.processors.errors import OutcomeUnknown, PaymentError, ProcessorUnavailable
from apps.processors.gateway import refunds as gateway
from apps.processors.gateway.refunds import RefundFacts

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
# The processor forgets keys after a day; then it is asked what it has instead.
KEY_LIFETIME: Final = timedelta(hours=23)
# When to look after a lost answer, without waiting for the sweep.
RETRY_SECONDS: Final = 15
NEVER_MADE: Final = "The processor knows of no such refund."


def ask_for_refund(refund: Refund, *, is_first_try: bool, origin: Origin) -> Refund:
    """
    Ask the processor for a refund that waits for its answer, and do what the answer means.

    Called outside a transaction. Asking again, whoever does, gives nothing back twice.

    :raises RefundedAlready, RefundDisputedPayment, RefundRefused: the processor will not.
    :raises ProcessorUnavailable: it was not reached. A first try has failed, unless nobody is
        there to try again; otherwise the refund stays open, since an earlier try may have got
        through.
    :raises RefundInProgress: the answer was lost; the refund stays open.
    """
    try:
        facts = _ask(refund)
    except PaymentError as error:
        refusal = refusal_of(error)
        _end_unanswered(refund, refusal, origin)
        raise refusal from error
    except ProcessorUnavailable as error:
        if is_first_try and refund.source != Refund.Source.SYSTEM:
            _end_unanswered(refund, error, origin, is_first_try=True)
        raise
    except OutcomeUnknown as error:
        _look_again_soon(refund, origin)
        raise RefundInProgress from error
    return _take(facts, refund, origin)


def resume_refund(*, refund_id: UUID, origin: Origin) -> None:
    """
    Find out what became of a pending refund; one that has ended stays as it is.

    One without an answer is asked for again under its key, and looked for at the processor once
    that may have forgotten the key: what is not there has failed. Raises only ProcessorUnavailable
    and RefundInProgress: the next run asks again.
    """
    refund = _claim(refund_id, origin)
    if refund is None:
        return
    if refund.processor_id:
        _take(gateway.read_refund(refund.processor_id), refund, origin)
        return
    if origin.at - refund.created_at < KEY_LIFETIME:
        try:
            ask_for_refund(refund, is_first_try=False, origin=origin)
        except (ProcessorUnavailable, RefundInProgress):
            raise
        except DomainError:
            # Refused: it has ended, and there is nobody here to tell.
            return
        return
    found = gateway.find_refund(
        charge_id=refund.payment.processor_id, name=REFUND_KEY, value=str(refund.pk)
    )
    if found is not None:
        _take(found, refund, origin)
    else:
        _end_unanswered(refund, DomainError(NEVER_MADE), origin)


def _ask(refund: Refund) -> RefundFacts:
    metadata = {
        REFUND_KEY: str(refund.pk),
        "organization_id": str(refund.organization_id),
    }
    if refund.order_id:
        metadata["order_id"] = str(refund.order_id)
    return gateway.create_refund(
        key=refund.key,
        charge_id=refund.payment.processor_id,
        amount=refund.gross_amount,
        reason=stated_reason(refund.reason),
        # In one order: the processor compares the whole request.
        metadata=dict(sorted(metadata.items())),
    )


def _take(facts: RefundFacts, refund: Refund, origin: Origin) -> Refund:
    taken = record_refund(facts=with_settlement(facts), origin=origin)
    if taken is None:
        raise LookupError(f"{facts.id} is not the refund {refund.pk}.")
    return taken


@transaction.atomic
def _end_unanswered(
    refund: Refund, error: DomainError, origin: Origin, *, is_first_try: bool = False
) -> None:
    """End a refund that the processor did not make; a sweep that has taken it up goes first."""
    present = lock_held_refund(refund.pk)
    is_answered = present.status != Refund.Status.PENDING or present.processor_id is not None
    if is_answered or (is_first_try and present.next_check_at != refund.next_check_at):
        return
    REFUND.require(present.status, Refund.Status.FAILED)
    present.status = Refund.Status.FAILED
    present.failure_reason = Refund.FailureReason.UNKNOWN
    present.failure_message = error.detail
    present.next_check_at = None
    present.modified_at = origin.at
    if present.source == Refund.Source.SYSTEM:
        # Nobody was told, and somebody's money is still here.
        present.attention_at = origin.at
    present.save()
    follow_refund(present, origin)
    if present.retry_of is not None:
        present.retry_of.resolution = ""
        present.retry_of.attention_at = present.retry_of.modified_at = origin.at
        present.retry_of.save(update_fields=["resolution", "attention_at", "modified_at"])
    record(
        "refund.refused",
        subject=present,
        organization_id=present.organization_id,
        origin=origin,
        changes={"status": ("pending", "failed")},
        payload={"message": error.detail, "code": error.code},
    )


@transaction.atomic
def _claim(refund_id: UUID, origin: Origin) -> Refund | None:
    """Push the next look ahead, so that two sweeps do not do the same."""
    refund = lock_held_refund(refund_id)
    if refund.status != Refund.Status.PENDING:
        return None
    # Whoever began it may have died before anything was kept for it.
    follow_refund(refund, origin)
    age = origin.at - refund.created_at
    refund.next_check_at = origin.at + min(LONGEST_WAIT, max(FIRST_WAIT, age))
    refund.save(update_fields=["next_check_at"])
    return refund


@transaction.atomic
def _look_again_soon(refund: Refund, origin: Origin) -> None:
    present = lock_held_refund(refund.pk)
    if present.status == Refund.Status.PENDING:
        follow_refund(present, origin)
    enqueue(
        "payments.resume_refund",
        queue="high",
        countdown=RETRY_SECONDS,
        refund_id=str(refund.pk),
    )
