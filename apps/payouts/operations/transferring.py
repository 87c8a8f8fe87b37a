"""
The first step: from the platform's balance to the payout account, once.

That it is asked is committed before the processor is, under a key of the payout. Whatever breaks
after that, asking again finds the same transfer; until it is known nothing else is done with it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.ledger.operations import post_payout_transfer
from apps.payouts import selectors
from apps.payouts.countries import payable_amount
from apps.payouts.locks import lock_payout
from apps.payouts.models import Payout
from apps.payouts.operations.canceling import undo_payout
from apps.payouts.operations.moving import change_payout
from apps.processors import gateway
from apps.processors.errors import OutcomeUnknown, PaymentError, ProcessorUnavailable
from apps.processors.gateway.connect import TransferFacts

log = structlog.get_logger(__name__)

FIRST_WAIT: Final = timedelta(minutes=1)
ASKED = Payout.TransferStatus.ASKED


def transfer_payout(*, payout_id: UUID, origin: Origin) -> Payout:
    """
    Send a pending payout to its account; one that is not to be sent, or was, stays as it is.

    Called outside a transaction. A refusal makes the payout `failed`, with the reason. An answer
    that is lost leaves it `asked`, and the next call finds out what became of it.
    """
    payout = begin_transfer(payout_id=payout_id, origin=origin)
    if payout.transfer_status != ASKED:
        return payout
    try:
        facts = _ask(payout)
        arrived = _arrived(payout, facts)
    except PaymentError as error:
        return refuse_transfer(
            payout_id=payout_id,
            code=error.error_code or error.type,
            message=error.detail,
            origin=origin,
        )
    except (OutcomeUnknown, ProcessorUnavailable) as error:
        log.warning("payout_transfer_unknown", payout=str(payout_id), error=error.code)
        return payout
    return settle_transfer(
        payout_id=payout_id, transfer_id=facts.id, account_amount=arrived, origin=origin
    )


@transaction.atomic
def begin_transfer(*, payout_id: UUID, origin: Origin) -> Payout:
    """
    Write down that the processor is about to be asked; `transfer_status` says whether it is.

    A payout whose organization is paid out to another account by now is canceled instead.
    """
    payout = lock_payout(payout_id)
    if payout.transfer_status == ASKED:
        return payout
    is_untouched = payout.transfer_status == Payout.TransferStatus.NONE
    if payout.status != Payout.Status.PENDING or payout.is_manual or not is_untouched:
        return payout
    if not payout.organization.can("payouts"):
        # It waits until it may again, or is canceled.
        return payout
    profile = selectors.profile_of(payout.organization_id)
    if profile is None or profile.payout_account_id != payout.payout_account_id:
        return undo_payout(payout, origin=origin.because("The payout account was changed."))
    return change_payout(
        payout,
        "payout.transfer_asked",
        origin,
        transfer_status=ASKED,
        next_check_at=origin.at + FIRST_WAIT,
        failure_code="",
        failure_message="",
    )


@transaction.atomic
def settle_transfer(
    *, payout_id: UUID, transfer_id: str, account_amount: int, origin: Origin
) -> Payout:
    """
    Keep and book a transfer that was made, and have the bank paid; the second time does nothing.

    `account_amount` is what arrived, in the account's currency; what no bank takes of it stays in
    the account.
    """
    payout = lock_payout(payout_id)
    if payout.transfer_status != ASKED:
        return payout
    post_payout_transfer(
        money=selectors.ledger_money_of(payout), transfer_id=transfer_id, origin=origin
    )
    enqueue("payouts.send_to_bank", payout_id=str(payout.pk))
    return change_payout(
        payout,
        "payout.transferred",
        origin,
        transfer_status=Payout.TransferStatus.MADE,
        transfer_id=transfer_id,
        transferred_at=origin.at,
        account_amount=payable_amount(account_amount, payout.account_currency),
        next_check_at=None,
    )


@transaction.atomic
def refuse_transfer(*, payout_id: UUID, code: str, message: str, origin: Origin) -> Payout:
    """Note that the processor has not made the transfer; the next try has another key."""
    payout = lock_payout(payout_id)
    if payout.transfer_status != ASKED:
        return payout
    return change_payout(
        payout,
        "payout.failed",
        origin,
        status=Payout.Status.FAILED,
        transfer_status=Payout.TransferStatus.NONE,
        transfer_refusals=payout.transfer_refusals + 1,
        failure_code=code[:80],
        failure_message=message,
        next_check_at=None,
    )


def _ask(payout: Payout) -> TransferFacts:
    group = f"payout-{payout.pk}"
    key = f"{group}-{payout.transfer_refusals}" if payout.transfer_refusals else group
    # The processor forgets a key after a day; the group finds what was made under it for good.
    made = gateway.find_transfer(group=group)
    return made or gateway.create_transfer(
        key=key,
        amount=payout.amount,
        currency=payout.currency,
        account_id=payout.payout_account.processor_id or "",
        group=group,
        metadata={
            "payout_id": str(payout.pk),
            "organization_id": str(payout.organization_id),
        },
    )


def _arrived(payout: Payout, facts: TransferFacts) -> int:
    if payout.account_currency == payout.currency or facts.destination_payment is None:
        return facts.amount
    amount, _ = gateway.read_arrived_amount(
        account_id=facts.destination, payment_id=facts.destination_payment
    )
    return amount
