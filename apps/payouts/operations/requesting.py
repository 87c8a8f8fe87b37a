"""Asking for a payout: always the whole available balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.ids import new_id
from apps.core.jobs import enqueue
from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Call, Change, Money, Plan
from apps.events.operations import record
from apps.ledger.claims import claims_of
from apps.ledger.operations import post_payout
from apps.ledger.payouts import payout_drafts
from apps.ledger.selectors import planned_entries
from apps.organizations.locks import lock_organization
from apps.organizations.models import Organization
from apps.payouts import selectors
from apps.payouts.countries import minimum_payout
from apps.payouts.errors import (
    InsufficientBalance,
    NotReadyAccount,
    OrganizationCannotPayout,
    PayoutIntervalLimitReached,
    PendingPayoutCreation,
    RefundsBeingAsked,
)
from apps.payouts.fees import PayoutAmounts
from apps.payouts.locks import claim_payout_request
from apps.payouts.models import Payout, PayoutAccount
from apps.payouts.operations.covering import cover_available, cover_entries
from apps.payouts.operations.moving import facts_of
from apps.payouts.readiness import is_ready
from apps.payouts.states import HOLDING

INTERVAL: Final = timedelta(hours=24)
# When the sweeper looks whether the broker has lost the job that goes on from here.
SWEEP_AFTER: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A payout that could be asked for: where to, how much, and whether it would be held."""

    account: PayoutAccount
    amounts: PayoutAmounts
    is_held: bool


def estimate_payout(*, organization: Organization, origin: Origin) -> Estimate:
    """
    What a payout would come to now; the daily limit aside.

    :raises DomainError: what `request_payout` refuses.
    """
    _require_capability(organization)
    return _estimate(organization, origin)


def plan_request_payout(*, organization: Organization, origin: Origin) -> Plan:
    """
    What `request_payout` would do.

    :raises DomainError: what `request_payout` refuses.
    """
    _require_capability(organization)
    _require_pause(organization, origin)
    _require_kept_refunds(organization)
    return _plan(_drafted(organization, _estimate(organization, origin), "request", origin))


@transaction.atomic
def request_payout(
    *,
    organization_id: UUID,
    trigger: str = Payout.Trigger.REQUEST,
    agreed: str | None = None,
    origin: Origin,
) -> Payout:
    """
    Take an organization's whole available balance for a payout, less its fees.

    Its transfer is begun by a job; while the organization is under review the payout is held. A
    payout that people make (manual account) waits for `mark_payout_paid`. Records `payout.created`.

    :raises PendingPayoutCreation: while another request is being answered.
    :raises OrganizationCannotPayout: if the organization must not be paid out.
    :raises PayoutIntervalLimitReached: within a day of the last one that was not canceled.
    :raises RefundsBeingAsked: while refunds have begun and their money is not kept back yet.
    :raises NotReadyAccount: without a payout account that takes money.
    :raises InsufficientBalance: below the smallest payout.
    :raises PayoutAmountTooLow: if the fees leave nothing.
    :raises PlanChanged: if another plan was agreed to.
    """
    if not claim_payout_request(organization_id):
        raise PendingPayoutCreation
    # Its status decides whether the payout is held, so it must not change meanwhile.
    organization = lock_organization(organization_id)
    _require_capability(organization)
    _require_pause(organization, origin)
    _require_kept_refunds(organization)
    payout_id = new_id()
    _estimate(organization, origin)
    # What is paid is what these transfers are, should another become available just now.
    gross_amount = cover_available(
        payout_id=payout_id, organization_id=organization_id, at=origin.at
    )
    estimate = _estimate(organization, origin, gross_amount)
    payout = _drafted(organization, estimate, trigger, origin, payout_id)
    _plan(payout).require(agreed)
    payout.save(force_insert=True)
    entries = post_payout(money=selectors.ledger_money_of(payout), origin=origin)
    cover_entries(payout=payout, entries=entries)
    record(
        "payout.created",
        subject=payout,
        organization_id=organization_id,
        origin=origin,
        payload=facts_of(payout) | {"status": payout.status, "trigger": trigger},
    )
    if payout.next_check_at is not None:
        enqueue("payouts.transfer", payout_id=str(payout.pk))
    return payout


def _require_capability(organization: Organization) -> None:
    if not organization.can("payouts"):
        raise OrganizationCannotPayout(
            f"An organization that is {organization.status} cannot be paid out."
        )


def _require_pause(organization: Organization, origin: Origin) -> None:
    standing = Payout.objects.filter(organization=organization).standing()
    # A whole day after the last one is enough.
    if standing.filter(created_at__gt=origin.at - INTERVAL).exists():
        raise PayoutIntervalLimitReached


def _require_kept_refunds(organization: Organization) -> None:
    # One that begins after this look comes after the payout, as if it had been asked for later.
    if claims_of(organization.pk, currency=settings.SETTLEMENT_CURRENCY):
        raise RefundsBeingAsked


def _estimate(
    organization: Organization, origin: Origin, gross_amount: int | None = None
) -> Estimate:
    """What would be paid of all that is available, or of `gross_amount`."""
    profile = selectors.profile_of(organization.pk)
    account = profile.payout_account if profile else None
    if account is None or not is_ready(account):
        raise NotReadyAccount
    currency = settings.SETTLEMENT_CURRENCY
    if gross_amount is None:
        gross_amount = selectors.money_of(organization.pk, at=origin.at).available_amount
    minimum = minimum_payout(currency=account.currency, country=account.country)
    if gross_amount < minimum:
        raise InsufficientBalance(
            f"{format_amount(gross_amount, currency)} is available; the smallest payout is "
            f"{format_amount(minimum, currency)}."
        )
    amounts = selectors.amounts_of(
        organization.pk, account=account, gross_amount=gross_amount, at=origin.at
    )
    return Estimate(account, amounts, organization.status in HOLDING)


def _drafted(
    organization: Organization,
    estimate: Estimate,
    trigger: str,
    origin: Origin,
    payout_id: UUID | None = None,
) -> Payout:
    account, amounts = estimate.account, estimate.amounts
    is_manual = account.type == PayoutAccount.Type.MANUAL
    status = Payout.Status.HELD if estimate.is_held else Payout.Status.PENDING
    return Payout(
        pk=payout_id or new_id(),
        created_at=origin.at,
        organization=organization,
        payout_account=account,
        status=status,
        trigger=trigger,
        is_manual=is_manual,
        currency=settings.SETTLEMENT_CURRENCY,
        gross_amount=amounts.gross_amount,
        fees_amount=amounts.fees_amount,
        amount=amounts.net_amount,
        fees=amounts.fees_as_json(),
        account_currency=account.currency,
        invoice_number=_next_invoice_number(organization),
        next_check_at=None if is_manual or estimate.is_held else origin.at + SWEEP_AFTER,
    )


def _next_invoice_number(organization: Organization) -> str:
    taken = set(
        Payout.objects.filter(organization=organization).values_list("invoice_number", flat=True)
    )
    number = len(taken) + 1
    while (name := f"{settings.REVERSE_INVOICE_PREFIX}-{number:04d}") in taken:
        number += 1
    return name


def _plan(payout: Payout) -> Plan:
    currency = payout.currency
    fees = tuple(
        Money(f"Fee: {fee['type'].replace('_', ' ')}", fee["amount"], currency)
        for fee in payout.fees
    )
    drafts = payout_drafts(selectors.ledger_money_of(payout), at=payout.created_at)
    return Plan(
        title=f"{payout.organization} is paid {format_amount(payout.amount, currency)}",
        changes=(Change(payout.invoice_number, "", payout.status),),
        effects=_next_step(payout),
        money=(
            Money("Taken from the balance", payout.gross_amount, currency),
            *fees,
            Money("Paid out", payout.amount, currency),
        ),
        calls=_calls(payout),
        events=("payout.created",),
    ).joined([planned_entries(drafts)])


def _next_step(payout: Payout) -> tuple[str, ...]:
    if payout.status == Payout.Status.HELD:
        return ("It is held until the organization is approved.",)
    if payout.is_manual:
        return (f"Somebody has to pay it to {payout.payout_account} and mark it as paid.",)
    return ()


def _calls(payout: Payout) -> tuple[Call, ...]:
    if payout.status == Payout.Status.HELD or payout.is_manual:
        return ()
    account = payout.payout_account
    amount = format_amount(payout.amount, payout.currency)
    return (
        Call(f"Transfer {amount} to {account}", "POST /v1/transfers", is_later=True),
        Call(f"Pay it from {account} to its bank", "POST /v1/payouts", is_later=True),
    )
