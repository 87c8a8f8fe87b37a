"""What our payouts should have moved in merchants' own accounts, and which to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, Q

from apps.ledger.models import Entry
from apps.ledger.payouts import arrival_reference, transfer_reference
from apps.ledger.refunds import reversal_reference
from apps.payouts.models import Payout, PayoutAccount, PayoutAttempt
from apps.reconciliation.row_times import made_at, oldest_id_after

# How far back the statement of an account is read.
KEPT: Final = timedelta(days=90)
# Ours begin a little later than the lines that are read, so that each of ours could have its line.
MARGIN: Final = timedelta(hours=2)

# What a movement is: a transfer that came in or was taken back, a payout that left or came back.
CAME, TAKEN, LEFT, RETURNED = "came", "taken", "left", "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """
    A movement that there should be, by our row of it; `amount` is positive for what comes in.

    `reference` names the entry that has to be in the books for it, empty where none has to.
    """

    cause_id: str
    kind: str
    amount: int
    currency: str
    organization_id: UUID
    since: datetime
    reference: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others of the account."""
        return self.cause_id, self.kind


def accounts_to_compare(*, at: datetime, limit: int) -> list[UUID]:
    """Accounts with payouts of late, the one that was not looked at for the longest time first."""
    young = oldest_id_after(at - KEPT)
    rows = PayoutAccount.objects.filter(
        type=PayoutAccount.Type.STRIPE, processor_id__isnull=False, payouts__pk__gte=young
    )
    listed = rows.order_by(F("reading__read_at").asc(nulls_first=True), "pk").distinct()
    return list(listed.values_list("pk", flat=True)[:limit])


def expected_movements(account: PayoutAccount, *, at: datetime) -> list[Expected]:
    """What our payouts of late should have moved in an account."""
    young = oldest_id_after(at - KEPT + MARGIN)
    payouts = Payout.objects.filter(payout_account=account, pk__gte=young)
    attempts = PayoutAttempt.objects.filter(payout__payout_account=account, pk__gte=young)
    return _expected(payouts, attempts.exclude(processor_id=""))


def expected_of(account: PayoutAccount, cause_ids: Sequence[str]) -> list[Expected]:
    """The same of the payouts behind these ids of the processor, whenever they were made."""
    payouts = Payout.objects.filter(
        Q(transfer_id__in=cause_ids) | Q(transfer_reversal_id__in=cause_ids), payout_account=account
    )
    attempts = PayoutAttempt.objects.filter(
        payout__payout_account=account, processor_id__in=cause_ids
    )
    return _expected(payouts, attempts)


def entries_named(references: Iterable[str]) -> set[str]:
    """Which of these the books have."""
    wanted = [one for one in references if one]
    return set(Entry.objects.filter(reference__in=wanted).values_list("reference", flat=True))


def _expected(payouts: Iterable[Payout], attempts: Iterable[PayoutAttempt]) -> list[Expected]:
    return [
        *(one for payout in payouts for one in _of_payout(payout)),
        *(one for attempt in attempts for one in _of_attempt(attempt)),
    ]


def _of_payout(payout: Payout) -> Iterator[Expected]:
    if not payout.transfer_id or payout.account_amount is None:
        return
    transfer = transfer_reference(payout.pk)
    came = Expected(
        cause_id=payout.transfer_id,
        kind=CAME,
        amount=payout.account_amount,
        currency=payout.account_currency,
        organization_id=payout.organization_id,
        since=made_at(payout.pk),
        reference=transfer,
    )
    yield came
    if payout.transfer_reversal_id:
        yield Expected(
            cause_id=payout.transfer_reversal_id,
            kind=TAKEN,
            amount=-payout.account_amount,
            currency=payout.account_currency,
            organization_id=payout.organization_id,
            since=came.since,
            reference=reversal_reference(transfer),
        )


def _of_attempt(attempt: PayoutAttempt) -> Iterator[Expected]:
    has_arrived = attempt.status == PayoutAttempt.Status.SUCCEEDED
    left = Expected(
        cause_id=attempt.processor_id,
        kind=LEFT,
        amount=-attempt.amount,
        currency=attempt.currency,
        organization_id=attempt.organization_id,
        since=made_at(attempt.pk),
        reference=arrival_reference(attempt.pk) if has_arrived else "",
    )
    yield left
    if attempt.status == PayoutAttempt.Status.FAILED:
        yield Expected(
            cause_id=attempt.processor_id,
            kind=RETURNED,
            amount=attempt.amount,
            currency=attempt.currency,
            organization_id=attempt.organization_id,
            since=left.since,
        )
