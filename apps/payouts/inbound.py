"""The processor's messages about accounts and payouts, each translated into one operation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from apps.core.origin import Origin
from apps.payouts.models import PayoutAttempt
from apps.payouts.operations import ATTEMPT_KEY, settle_attempt, take_account_facts
from apps.payouts.selectors import account_by_processor_id, attempt_of_bank_payout
from apps.processors import gateway
from apps.processors.gateway import BankPayout
from apps.processors.inbox import on
from apps.processors.models import InboundEvent

Payload = dict[str, Any]
PAYOUT_EVENTS = ("created", "updated", "paid", "failed", "canceled")


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    on("account.updated", take_account)
    for name in PAYOUT_EVENTS:
        on(f"payout.{name}", take_bank_payout)


def take_account(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """An account changed; events come in any order, so it is read as it stands now."""
    account = account_by_processor_id(payload["id"])
    if account is None or account.deleted_at is not None:
        return
    facts = gateway.read_connected_account(payload["id"])
    take_account_facts(account_id=account.pk, facts=facts, origin=origin)


def take_bank_payout(payload: Payload, event: InboundEvent, origin: Origin) -> None:
    """A payout to a bank went on; one that was not made here is none of ours."""
    facts = gateway.bank_payout_of(payload)
    attempt = attempt_of_bank_payout(facts.id, _uuid(facts.metadata.get(ATTEMPT_KEY)))
    if attempt is None or not _is_of(attempt, facts, event):
        return
    # By the clock of the organization, which may run ahead.
    at = origin.at + attempt.organization.clock_offset
    settle_attempt(
        attempt_id=attempt.pk, facts=facts, origin=replace(origin, at=max(at, attempt.created_at))
    )


def _is_of(attempt: PayoutAttempt, facts: BankPayout, event: InboundEvent) -> bool:
    """Whether it is this try that a payout tells of: a name alone can be written by others."""
    account_id = attempt.payout.payout_account.processor_id
    if event.account and event.account != account_id:
        return False
    if attempt.processor_id and attempt.processor_id != facts.id:
        return False
    return (facts.amount, facts.currency) == (attempt.amount, attempt.currency)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
