"""Trying a payout again, whole or in smaller amounts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Call, Change, Money, Plan
from apps.ledger.payouts import transfer_draft
from apps.ledger.selectors import planned_entries
from apps.payouts import selectors
from apps.payouts.errors import PayoutAttemptTooLarge, PayoutNotRetryable
from apps.payouts.locks import lock_payout
from apps.payouts.models import Payout
from apps.payouts.operations.attempting import (
    EVENTS,
    begin_attempt,
    require_retryable,
    send_attempt,
)
from apps.payouts.operations.moving import change_payout
from apps.payouts.operations.transferring import transfer_payout


def plan_retry_payout(*, payout: Payout, amount: int | None = None) -> Plan:
    """
    What `retry_payout` would do.

    :raises DomainError: what `retry_payout` refuses.
    """
    if _is_untransferred(payout):
        return _transfer_plan(payout, amount)
    return _attempt_plan(payout, amount, require_retryable(payout, amount))


def retry_payout(
    *, payout_id: UUID, amount: int | None = None, agreed: str | None = None, origin: Origin
) -> Payout:
    """
    Try what is left of a payout again, or `amount` of it in the account's currency.

    One whose transfer was refused is transferred again first. Called outside a transaction.

    :raises PayoutNotRetryable, PayoutOutcomeOpen, PayoutAttemptTooLarge: as `begin_attempt`.
    :raises PlanChanged: if another plan was agreed to.
    """
    attempt_id = _begin(payout_id=payout_id, amount=amount, agreed=agreed, origin=origin)
    if attempt_id is None:
        return transfer_payout(payout_id=payout_id, origin=origin)
    send_attempt(attempt_id=attempt_id, origin=origin)
    return Payout.objects.select_related("organization", "payout_account").get(pk=payout_id)


@transaction.atomic
def _begin(
    *, payout_id: UUID, amount: int | None, agreed: str | None, origin: Origin
) -> UUID | None:
    payout = lock_payout(payout_id)
    plan_retry_payout(payout=payout, amount=amount).require(agreed)
    if _is_untransferred(payout):
        change_payout(
            payout,
            "payout.retried",
            origin,
            status=Payout.Status.PENDING,
            next_check_at=origin.at + timedelta(minutes=1),
        )
        return None
    return begin_attempt(payout_id=payout_id, amount=amount, origin=origin).pk


def _is_untransferred(payout: Payout) -> bool:
    return (
        payout.status == Payout.Status.FAILED
        and payout.transfer_status == Payout.TransferStatus.NONE
    )


def _transfer_plan(payout: Payout, amount: int | None) -> Plan:
    if amount is not None:
        raise PayoutAttemptTooLarge("It has to be transferred first, and that only as a whole.")
    if payout.is_manual:
        raise PayoutNotRetryable
    draft = transfer_draft(selectors.ledger_money_of(payout), transfer_id="", at=payout.created_at)
    return Plan(
        title=f"{payout} is transferred again",
        changes=(Change(str(payout), payout.status, Payout.Status.PENDING),),
        money=(Money("Transferred", payout.amount, payout.currency),),
        calls=(
            Call(f"Transfer it to {payout.payout_account} again", "POST /v1/transfers"),
            Call(
                f"Pay it from {payout.payout_account} to its bank",
                "POST /v1/payouts",
                is_later=True,
            ),
        ),
        events=("payout.retried", "payout.transfer_asked", "payout.transferred"),
    ).joined([planned_entries([draft])])


def _attempt_plan(payout: Payout, amount: int | None, left: int) -> Plan:
    currency, after = payout.account_currency, _status_after(payout)
    tried = left if amount is None else amount
    rest = left - tried
    effects = []
    if rest:
        effects.append(f"{format_amount(rest, currency)} of the payout is left to be tried.")
    paid = f"Pay {format_amount(tried, currency)} from {payout.payout_account} to its bank"
    return Plan(
        title=f"{format_amount(tried, currency)} of {payout} is tried again",
        changes=(
            Change(f"Attempt {payout.attempts.count() + 1}", "", "pending"),
            *((Change(str(payout), payout.status, after),) if after != payout.status else ()),
        ),
        money=(Money("Sent to the bank", tried, currency),),
        effects=tuple(effects),
        calls=(Call(paid, "POST /v1/payouts"),),
        events=("payout.attempted", *((EVENTS[after],) if after != payout.status else ())),
    )


def _status_after(payout: Payout) -> str:
    return "in_transit" if payout.settled_amount else "pending"
