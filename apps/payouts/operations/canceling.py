"""
Giving a payout back to the merchant's balance.

Before the transfer that is one transaction, and the fees go back as well. After it the processor is
first asked to return the money, in two steps like the transfer itself, and the fees stay paid.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.core.jobs import enqueue
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Call, Change, Plan
from apps.ledger.operations import post_payout_reversal
from apps.ledger.payouts import payout_drafts, transfer_draft
from apps.ledger.selectors import planned_entries
from apps.payouts import selectors
from apps.payouts.errors import PayoutNotCancelable, PayoutOutcomeOpen
from apps.payouts.locks import lock_payout, lock_payouts_of
from apps.payouts.models import Payout
from apps.payouts.operations.covering import release_lines
from apps.payouts.operations.moving import change_payout
from apps.payouts.states import CANCELABLE
from apps.processors import gateway
from apps.processors.errors import PaymentError

FIRST_WAIT: Final = timedelta(minutes=1)
Step = Payout.TransferStatus


def plan_cancel_payout(*, payout: Payout) -> Plan:
    """
    What `cancel_payout` would do.

    :raises PayoutNotCancelable, PayoutOutcomeOpen: as `cancel_payout`.
    """
    _require_cancelable(payout)
    return _plan(payout)


def cancel_payout(*, payout_id: UUID, agreed: str | None = None, origin: Origin) -> Payout:
    """
    Give a payout that has not left for the bank back to its organization, available at once.

    Called outside a transaction. Records `payout.canceled`. If the answer to the return of a
    transfer is lost, the payout stays `returning`, and a job finishes it.

    :raises PayoutNotCancelable: if it is on its way or has arrived, was canceled, or the processor
        does not give the money back.
    :raises PayoutOutcomeOpen: while the answer to an earlier step is missing.
    :raises PlanChanged: if another plan was agreed to.
    """
    payout = begin_cancel(payout_id=payout_id, agreed=agreed, origin=origin)
    if payout.transfer_status == Step.RETURNING:
        return finish_cancel(payout_id=payout_id, origin=origin)
    return payout


@transaction.atomic
def begin_cancel(*, payout_id: UUID, agreed: str | None = None, origin: Origin) -> Payout:
    """
    Cancel a payout that was not transferred, or write down that its money is asked back.

    Raises as `cancel_payout`.
    """
    payout = lock_payout(payout_id)
    if payout.transfer_status == Step.RETURNING:
        return payout
    _require_cancelable(payout)
    _plan(payout).require(agreed)
    return undo_payout(payout, origin=origin)


def finish_cancel(*, payout_id: UUID, origin: Origin) -> Payout:
    """
    Ask the processor for the money of a payout that is being canceled, and cancel it.

    Called outside a transaction; the second time does nothing.

    :raises PayoutNotCancelable: if it does not give it back; the payout is as it was before.
    :raises OutcomeUnknown, ProcessorUnavailable: not known now; the job asks again.
    """
    payout = Payout.objects.get(pk=payout_id)
    if payout.transfer_status != Step.RETURNING:
        return payout
    try:
        reversal_id = _take_back(payout)
    except PaymentError as error:
        keep_payout(payout_id=payout_id, message=error.detail, origin=origin)
        raise PayoutNotCancelable(error.detail) from error
    return settle_cancel(payout_id=payout_id, reversal_id=reversal_id, origin=origin)


@transaction.atomic
def settle_cancel(*, payout_id: UUID, reversal_id: str, origin: Origin) -> Payout:
    """Cancel a payout whose money came back; the second time does nothing."""
    payout = lock_payout(payout_id)
    if payout.transfer_status != Step.RETURNING:
        return payout
    return _cancel(payout, origin, transfer_status=Step.RETURNED, transfer_reversal_id=reversal_id)


@transaction.atomic
def keep_payout(*, payout_id: UUID, message: str, origin: Origin) -> Payout:
    """Leave a payout where it is, since the processor does not give its money back."""
    payout = lock_payout(payout_id)
    if payout.transfer_status != Step.RETURNING:
        return payout
    return change_payout(
        payout,
        "payout.return_refused",
        origin,
        transfer_status=Step.MADE,
        transfer_refusals=payout.transfer_refusals + 1,
        failure_message=message,
        next_check_at=None,
    )


def undo_payout(payout: Payout, *, origin: Origin) -> Payout:
    """
    Cancel a locked payout that was not transferred; have one that was given back by a job.

    For payouts without open attempts and without an open question to the processor.
    """
    if payout.transfer_status == Step.NONE:
        return _cancel(payout, origin)
    enqueue("payouts.finish_cancel", payout_id=str(payout.pk))
    return change_payout(
        payout,
        "payout.cancel_asked",
        origin,
        transfer_status=Step.RETURNING,
        next_check_at=origin.at + FIRST_WAIT,
    )


@transaction.atomic
def cancel_payouts_of_organization(
    *, organization_id: UUID, statuses: tuple[str, ...], origin: Origin
) -> int:
    """
    Cancel what waits in these statuses; returns how many. The rest is left as it is.

    What the processor is just asked about waits for staff: it is not sent to a bank meanwhile.
    """
    count = 0
    for payout in lock_payouts_of(organization_id, statuses):
        if _obstacle(payout) is None:
            undo_payout(payout, origin=origin)
            count += 1
    return count


def _cancel(payout: Payout, origin: Origin, **values: Any) -> Payout:
    keeps_fees = payout.transfer_status != Step.NONE
    post_payout_reversal(payout_id=payout.pk, keeps_fees=keeps_fees, origin=origin)
    release_lines(payout=payout, origin=origin)
    return change_payout(
        payout,
        "payout.canceled",
        origin,
        status=Payout.Status.CANCELED,
        canceled_at=origin.at,
        next_check_at=None,
        **values,
    )


def _take_back(payout: Payout) -> str:
    # The processor forgets a key after a day, but not what it gave back.
    known = gateway.find_transfer_reversal(payout.transfer_id)
    if known is not None:
        return known
    key = f"payout-return-{payout.pk}"
    return gateway.reverse_transfer(
        key=f"{key}-{payout.transfer_refusals}" if payout.transfer_refusals else key,
        transfer_id=payout.transfer_id,
        amount=payout.amount,
    )


def _require_cancelable(payout: Payout) -> None:
    problem = _obstacle(payout)
    if problem is not None:
        raise problem


def _obstacle(payout: Payout) -> PayoutNotCancelable | PayoutOutcomeOpen | None:
    if payout.status not in CANCELABLE:
        return PayoutNotCancelable(f"A payout that is {payout.status} cannot be canceled.")
    if payout.transfer_status in (Step.ASKED, Step.RETURNING):
        return PayoutOutcomeOpen()
    if any(one.status != "failed" for one in selectors.tried(payout)):
        return PayoutNotCancelable("The bank is paying it, or has paid a part.")
    return None


def _plan(payout: Payout) -> Plan:
    money = selectors.ledger_money_of(payout)
    drafts = payout_drafts(money, at=payout.created_at)
    amount = format_amount(payout.amount, payout.currency)
    events: list[str] = []
    calls: list[Call] = []
    if payout.transfer_status == Step.NONE:
        effects = [f"{payout.organization} gets the fees back as well."] if payout.fees else []
    else:
        # The fees come first where there are any, and stay paid.
        drafts = drafts[-1:]
        drafts.append(transfer_draft(money, transfer_id=payout.transfer_id, at=payout.created_at))
        effects = ["The fees stay paid."]
        events = ["payout.cancel_asked"]
        request = f"POST /v1/transfers/{payout.transfer_id}/reversals"
        calls = [Call(f"Give {amount} of transfer {payout.transfer_id} back", request)]
    return Plan(
        title=f"{payout} is canceled",
        changes=(Change(str(payout), payout.status, Payout.Status.CANCELED),),
        effects=(*effects, "What goes back can be paid out again at once."),
        calls=tuple(calls),
        events=(*events, "payout.canceled"),
    ).joined([planned_entries(drafts, undone=True)])
