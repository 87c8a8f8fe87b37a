"""Reads of payouts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.core.timers import Due
from apps.ledger.payouts import PayoutMoney
from apps.ledger.selectors import MerchantMoney, fee_terms, merchant_money
from apps.organizations.clocks import Clock, clocks
from apps.organizations.models import Organization
from apps.payouts.fees import ACCOUNT_FEE_DAYS, PayoutAmounts, payout_amounts
from apps.payouts.models import Payout, PayoutAccount, PayoutAttempt, PayoutProfile
from apps.payouts.states import Tried, unclaimed_amount

DUE_LIMIT = 1000


def profile_of(organization_id: UUID) -> PayoutProfile | None:
    """How an organization is paid out; None where nothing was ever set."""
    rows = PayoutProfile.objects.select_related("payout_account")
    return rows.filter(organization_id=organization_id).first()


def money_of(organization_id: UUID, *, at: datetime) -> MerchantMoney:
    """What an organization has in the settlement currency, available and not yet."""
    return merchant_money(organization_id, currency=settings.SETTLEMENT_CURRENCY, at=at)


def amounts_of(
    organization_id: UUID, *, account: PayoutAccount, gross_amount: int, at: datetime
) -> PayoutAmounts:
    """
    What a payout of `gross_amount` would cost and leave.

    :raises PayoutAmountTooLow: if the fees leave nothing.
    """
    month = at - timedelta(days=ACCOUNT_FEE_DAYS)
    recent = Payout.objects.filter(organization_id=organization_id).since(month)
    return payout_amounts(
        gross_amount,
        country=account.country,
        is_account_fee_due=not recent.exists(),
        has_fees=(
            account.type == PayoutAccount.Type.STRIPE
            and fee_terms(organization_id).has_processor_fees
        ),
    )


def ledger_money_of(payout: Payout) -> PayoutMoney:
    """The payout as the ledger wants it."""
    return PayoutMoney(
        payout_id=payout.pk,
        organization_id=payout.organization_id,
        currency=payout.currency,
        amount=payout.amount,
        fees=tuple((fee["type"], fee["amount"]) for fee in payout.fees),
    )


def tried(payout: Payout) -> list[Tried]:
    """The attempts of a payout, oldest first."""
    # One query, none where they were loaded with the payout.
    rows = sorted(payout.attempts.all(), key=lambda one: one.number)
    return [Tried(row.status, row.amount) for row in rows]


def left_to_pay(payout: Payout) -> int:
    """
    What no attempt is paying or has paid, in the account's currency.

    Before the money is in the payout account nobody knows what it comes to there: zero.
    """
    if payout.transfer_status != Payout.TransferStatus.MADE or payout.account_amount is None:
        return 0
    return unclaimed_amount(tried(payout), amount=payout.account_amount)


def organizations_of(account: PayoutAccount) -> QuerySet[Organization]:
    """Who is paid out to an account."""
    return Organization.objects.filter(payout_profile__payout_account=account)


def account_by_processor_id(processor_id: str) -> PayoutAccount | None:
    """The account that the processor calls so."""
    return PayoutAccount.objects.filter(processor_id=processor_id).first()


def attempt_of_bank_payout(processor_id: str, attempt_id: UUID | None) -> PayoutAttempt | None:
    """The attempt behind a payout of the processor, by its id or by the one it carries."""
    rows = PayoutAttempt.objects.select_related("organization", "payout__payout_account")
    known = rows.filter(processor_id=processor_id).first()
    if known is not None or attempt_id is None:
        return known
    return rows.filter(pk=attempt_id).first()


def sendable_payout_ids() -> list[UUID]:
    """Of each payout account the oldest payout that waits there for its first attempt."""
    first = (
        _unsent().order_by("payout_account_id", "created_at", "pk").distinct("payout_account_id")
    )
    return list(first.values_list("pk", flat=True))


def waiting_transfer_ids(*, at: datetime) -> list[UUID]:
    """Payouts whose transfer or whose return is to be asked for, or asked for again."""
    return _due(_waiting(), at)


def unknown_attempt_ids(*, at: datetime) -> list[UUID]:
    """Attempts of which nobody knows whether the processor took them, or how they ended."""
    return _due(PayoutAttempt.objects.all(), at)


def due_schedule_ids(*, at: datetime) -> list[UUID]:
    """Organizations whose scheduled payout is due."""
    found: list[UUID] = []
    for clock in clocks(at):
        rows = _of(PayoutProfile.objects.filter(next_payout_at__lte=clock.at), clock)
        found += rows.order_by("next_payout_at").values_list("organization_id", flat=True)[
            :DUE_LIMIT
        ]
    return found


def schedules_due_by(organization_id: UUID, until: datetime) -> Iterable[Due]:
    """For the timer: when the organization's next scheduled payout is due."""
    rows = PayoutProfile.objects.filter(
        organization_id=organization_id, next_payout_at__lte=until
    ).values_list("next_payout_at", flat=True)
    return [Due(at, organization_id, organization_id) for at in rows if at is not None]


def transfers_due_by(organization_id: UUID, until: datetime) -> Iterable[Due]:
    """For the timer: when transfers of an organization, or their returns, are asked for again."""
    rows = _waiting().filter(organization_id=organization_id, next_check_at__lte=until)
    return _in_lane(rows.order_by("next_check_at"), "next_check_at", organization_id)


def attempts_due_by(organization_id: UUID, until: datetime) -> Iterable[Due]:
    """For the timer: when an organization's attempts are asked after."""
    rows = PayoutAttempt.objects.filter(organization_id=organization_id, next_check_at__lte=until)
    return _in_lane(rows.order_by("next_check_at"), "next_check_at", organization_id)


def sendings_due_by(organization_id: UUID, until: datetime) -> Iterable[Due]:
    """For the timer: payouts whose money has waited in the payout account since."""
    rows = _unsent().filter(organization_id=organization_id, transferred_at__lte=until)
    return _in_lane(rows.order_by("transferred_at"), "transferred_at", organization_id)


def _in_lane(rows: QuerySet[Any], field: str, lane: UUID) -> list[Due]:
    found = rows.values_list(field, "pk")[:DUE_LIMIT]
    return [Due(at, pk, lane) for at, pk in found if at is not None]


def _unsent() -> QuerySet[Payout]:
    tries = PayoutAttempt.objects.filter(payout=OuterRef("pk"))
    return Payout.objects.filter(
        ~Exists(tries), status=Payout.Status.PENDING, transfer_status=Payout.TransferStatus.MADE
    )


def _waiting() -> QuerySet[Payout]:
    asked = ("asked", "returning")
    lost = Q(status="pending", transfer_status="none", is_manual=False, next_check_at__isnull=False)
    return Payout.objects.filter(Q(transfer_status__in=asked) | lost)


def _due(rows: QuerySet[Payout] | QuerySet[PayoutAttempt], at: datetime) -> list[UUID]:
    found: list[UUID] = []
    for clock in clocks(at):
        due = _of(rows.filter(next_check_at__lte=clock.at), clock)
        found += due.order_by("next_check_at").values_list("pk", flat=True)[:DUE_LIMIT]
    return found


def _of(rows: QuerySet, clock: Clock) -> QuerySet:  # type: ignore[type-arg]
    if clock.organization_id is not None:
        return rows.filter(organization_id=clock.organization_id)
    return rows.filter(organization__clock_offset=timedelta())
