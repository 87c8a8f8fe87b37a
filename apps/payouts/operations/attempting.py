"""
The second step: from the payout account to the merchant's bank, whole or in parts.

Each try is a row that is committed before the processor is asked, under a key of that row. What it
reports moves the try forward only; the payout follows from its tries, and the books from both.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.ids import new_id
from apps.core.origin import Origin
from apps.events.operations import record
from apps.ledger.operations import post_payout_arrival, post_payout_return
from apps.payouts import selectors
from apps.payouts.countries import payable_amount
from apps.payouts.errors import (
    OrganizationCannotPayout,
    PayoutAttemptTooLarge,
    PayoutNotRetryable,
    PayoutOutcomeOpen,
)
from apps.payouts.locks import lock_attempt, lock_payout
from apps.payouts.models import Payout, PayoutAttempt
from apps.payouts.operations.moving import change_payout
from apps.payouts.states import ATTEMPT, FIXED, attempt_status, payout_status, unclaimed_amount
from apps.processors import gateway
from apps.processors.errors import OutcomeUnknown, PaymentError, ProcessorUnavailable
from apps.processors.gateway import BankPayout

log = structlog.get_logger(__name__)

FIRST_WAIT: Final = timedelta(minutes=1)
# How often a payout that is on its way is asked after, should its webhooks be lost.
REFRESH_EVERY: Final = timedelta(hours=12)
# Well below the day for which the processor surely knows a key.
KEY_LIFETIME: Final = timedelta(hours=12)
# Names the try on the processor's payout, so that what is reported finds it.
ATTEMPT_KEY: Final = "payout_attempt_id"

# What is told when a payout gets a status.
EVENTS: Final = {
    "pending": "payout.pending",
    "in_transit": "payout.in_transit",
    "succeeded": "payout.paid",
    "failed": "payout.failed",
}


def send_payout_to_bank(*, payout_id: UUID, origin: Origin) -> PayoutAttempt | None:
    """
    Begin the first try of a payout whose money is in its account, and ask the processor for it.

    None if there is nothing to try, or as long as the account has less than that available.
    Called outside a transaction.
    """
    payout = Payout.objects.select_related("organization", "payout_account").get(pk=payout_id)
    if payout.status != Payout.Status.PENDING or payout.attempts.exists():
        return None
    if payout.transfer_status != Payout.TransferStatus.MADE:
        return None
    if not payout.organization.can("payouts") or not _is_covered(payout):
        return None
    try:
        attempt = begin_attempt(payout_id=payout_id, is_first=True, origin=origin)
    except (PayoutNotRetryable, PayoutOutcomeOpen, OrganizationCannotPayout):
        # Somebody else was faster, or it may not be any more.
        return None
    return send_attempt(attempt_id=attempt.pk, origin=origin)


@transaction.atomic
def begin_attempt(
    *, payout_id: UUID, amount: int | None = None, is_first: bool = False, origin: Origin
) -> PayoutAttempt:
    """
    Write down that the bank is about to be paid `amount`, in the account's currency.

    Without an amount it is all that is left. `is_first` refuses a payout that was tried before.

    :raises PayoutNotRetryable: if nothing is left, or it is not in the payout account.
    :raises PayoutOutcomeOpen: while the answer to an earlier step is missing.
    :raises PayoutAttemptTooLarge: for more than what is left.
    :raises ValidationFailed: for an amount of which no bank takes the last digits.
    :raises OrganizationCannotPayout: if the organization must not be paid out any more.
    """
    payout = lock_payout(payout_id)
    left = require_retryable(payout, amount)
    number = payout.attempts.count() + 1
    if is_first and number > 1:
        raise PayoutNotRetryable
    attempt = PayoutAttempt.objects.create(
        pk=new_id(),
        created_at=origin.at,
        organization_id=payout.organization_id,
        payout=payout,
        number=number,
        amount=left if amount is None else amount,
        currency=payout.account_currency,
        next_check_at=origin.at + FIRST_WAIT,
    )
    record(
        "payout.attempted",
        subject=payout,
        organization_id=payout.organization_id,
        origin=origin,
        payload=_facts(attempt),
    )
    _follow(payout, origin)
    return attempt


def require_retryable(payout: Payout, amount: int | None) -> int:
    """
    What is left of a payout, in the account's currency, if a try may begin now.

    Raises as `begin_attempt`.
    """
    if payout.status in FIXED or payout.status == Payout.Status.SUCCEEDED:
        raise PayoutNotRetryable(f"A payout that is {payout.status} is not sent to a bank.")
    if not payout.organization.can("payouts"):
        raise OrganizationCannotPayout
    if payout.transfer_status in (
        Payout.TransferStatus.ASKED,
        Payout.TransferStatus.RETURNING,
    ):
        raise PayoutOutcomeOpen
    if payout.attempts.filter(status=PayoutAttempt.Status.PENDING, processor_id="").exists():
        raise PayoutOutcomeOpen
    left = selectors.left_to_pay(payout)
    if left <= 0:
        raise PayoutNotRetryable
    if amount is not None and not 0 < amount <= left:
        raise PayoutAttemptTooLarge
    if amount is not None and payable_amount(amount, payout.account_currency) != amount:
        raise ValidationFailed.at("body", "amount", msg="Banks take whole amounts only.")
    return left


def send_attempt(*, attempt_id: UUID, origin: Origin) -> PayoutAttempt:
    """
    Ask the processor for a try that was begun, or what has become of it.

    Called outside a transaction. A refusal makes the try failed, with the reason. A lost answer
    leaves it as it is: the same call, made again, finds out.
    """
    attempt = PayoutAttempt.objects.select_related("payout__payout_account").get(pk=attempt_id)
    if attempt.status in (PayoutAttempt.Status.FAILED, PayoutAttempt.Status.SUCCEEDED):
        return attempt
    try:
        facts = _ask(attempt, origin)
    except PaymentError as error:
        return fail_attempt(
            attempt_id=attempt_id,
            code=error.error_code or error.type,
            message=error.detail,
            origin=origin,
        )
    except (OutcomeUnknown, ProcessorUnavailable) as error:
        log.warning("payout_attempt_unknown", attempt=str(attempt_id), error=error.code)
        return attempt
    return settle_attempt(attempt_id=attempt_id, facts=facts, origin=origin)


@transaction.atomic
def settle_attempt(*, attempt_id: UUID, facts: BankPayout, origin: Origin) -> PayoutAttempt:
    """
    Take over what the processor says of a try, book what has arrived or come back, and let the
    payout follow.

    What it said before, or an older report that comes late, changes nothing.
    """
    payout, attempt = _locked(attempt_id)
    to = attempt_status(facts.status)
    known = attempt.processor_id
    attempt.processor_id = known or facts.id
    attempt.arrival_at = facts.arrival_at
    if not ATTEMPT.allows(attempt.status, to):
        _save(attempt, origin)
        if not known:
            _follow(payout, origin)
        return attempt
    return _end(payout, attempt, to, facts.failure_code, facts.failure_message, origin)


@transaction.atomic
def fail_attempt(*, attempt_id: UUID, code: str, message: str, origin: Origin) -> PayoutAttempt:
    """Note that the processor did not take a try; one that it took stays as it is."""
    payout, attempt = _locked(attempt_id)
    if attempt.processor_id or attempt.status != PayoutAttempt.Status.PENDING:
        return attempt
    return _end(payout, attempt, PayoutAttempt.Status.FAILED, code, message, origin)


def _end(
    payout: Payout, attempt: PayoutAttempt, to: str, code: str, message: str, origin: Origin
) -> PayoutAttempt:
    ATTEMPT.require(attempt.status, to)
    before, attempt.status = attempt.status, to
    if to == PayoutAttempt.Status.FAILED:
        attempt.failure_code, attempt.failure_message = code[:80], message
    settled = _book(payout, attempt, before, origin)
    _save(attempt, origin)
    _follow(payout, origin, settled_amount=settled)
    return attempt


def _book(payout: Payout, attempt: PayoutAttempt, before: str, origin: Origin) -> int:
    """How much of the payout has arrived in all, once this try is in the books."""
    settled = payout.settled_amount
    if attempt.status == PayoutAttempt.Status.SUCCEEDED:
        attempt.settled_amount = _share(payout, attempt)
        if attempt.settled_amount:
            post_payout_arrival(
                money=selectors.ledger_money_of(payout),
                attempt_id=attempt.pk,
                amount=attempt.settled_amount,
                origin=origin,
            )
        return settled + attempt.settled_amount
    if before == PayoutAttempt.Status.SUCCEEDED:
        post_payout_return(attempt_id=attempt.pk, origin=origin)
        returned, attempt.settled_amount = attempt.settled_amount, 0
        return settled - returned
    return settled


def _share(payout: Payout, attempt: PayoutAttempt) -> int:
    """
    What a try that arrived is of the payout's own amount; the last one is all that is missing.
    """
    others = payout.attempts.filter(status=PayoutAttempt.Status.SUCCEEDED).exclude(pk=attempt.pk)
    arrived = sum(others.values_list("amount", flat=True)) + attempt.amount
    whole = payout.account_amount or attempt.amount
    if arrived >= whole:
        return payout.amount - payout.settled_amount
    return max(0, payout.amount * arrived // whole - payout.settled_amount)


def _follow(payout: Payout, origin: Origin, settled_amount: int | None = None) -> None:
    """Let a locked payout follow from its tries."""
    rows = list(payout.attempts.order_by("number"))
    tries = selectors.tried(payout)
    status = payout_status(payout.status, tries, amount=payout.account_amount)
    failed = next((row for row in reversed(rows) if row.status == "failed"), None)
    is_paid = status == Payout.Status.SUCCEEDED
    shown = failed if failed is not None and not is_paid else None
    change_payout(
        payout,
        EVENTS[status] if status != payout.status else "payout.updated",
        origin,
        told=_facts(rows[-1])
        | {"left_amount": unclaimed_amount(tries, amount=payout.account_amount or 0)},
        status=status,
        settled_amount=payout.settled_amount if settled_amount is None else settled_amount,
        failure_code=shown.failure_code if shown else "",
        failure_message=shown.failure_message if shown else "",
        paid_at=(payout.paid_at or _paid_at(rows[-1], origin)) if is_paid else None,
    )


def _paid_at(attempt: PayoutAttempt, origin: Origin) -> datetime:
    """The day of its arrival, which the processor's clock may have before it was made."""
    return max(attempt.arrival_at or origin.at, attempt.created_at)


def _locked(attempt_id: UUID) -> tuple[Payout, PayoutAttempt]:
    found = PayoutAttempt.objects.filter(pk=attempt_id).first()
    if found is None:
        raise ResourceNotFound
    payout = lock_payout(found.payout_id)
    return payout, lock_attempt(attempt_id)


def _save(attempt: PayoutAttempt, origin: Origin) -> None:
    is_open = attempt.status in (PayoutAttempt.Status.PENDING, PayoutAttempt.Status.IN_TRANSIT)
    attempt.next_check_at = origin.at + REFRESH_EVERY if is_open else None
    attempt.modified_at = origin.at
    attempt.save()


def _ask(attempt: PayoutAttempt, origin: Origin) -> BankPayout:
    account_id = attempt.payout.payout_account.processor_id or ""
    if attempt.processor_id:
        return gateway.read_bank_payout(account_id=account_id, payout_id=attempt.processor_id)
    made = None
    if origin.at - attempt.created_at > KEY_LIFETIME:
        # The processor may have forgotten the key, but not the name on its payout.
        made = gateway.find_bank_payout(
            account_id=account_id, name=ATTEMPT_KEY, value=str(attempt.pk)
        )
    return made or gateway.create_bank_payout(
        key=attempt.key,
        account_id=account_id,
        amount=attempt.amount,
        currency=attempt.currency,
        metadata={"payout_id": str(attempt.payout_id), ATTEMPT_KEY: str(attempt.pk)},
    )


def _is_covered(payout: Payout) -> bool:
    available = gateway.read_connected_balance(payout.payout_account.processor_id or "")
    return available.get(payout.account_currency, 0) >= (payout.account_amount or 0)


def _facts(attempt: PayoutAttempt) -> dict[str, object]:
    return {
        "attempt_id": str(attempt.pk),
        "attempt_amount": attempt.amount,
        "attempt_status": attempt.status,
        "attempt_failure_code": attempt.failure_code,
    }
