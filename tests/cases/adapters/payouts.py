"""
Payouts: asked for, held, transferred, sent to a bank, canceled.

`balance_rows` become transfers of the merchant's balance that mature after the usual delay, and an
organization goes through its statuses by its own operation, so that its payouts follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import override_settings

from apps.core.jobs import keep_jobs
from apps.ledger.operations import set_fee_terms
from apps.ledger.plans import DEFAULT_PLAN
from apps.ledger.selectors import FeeTerms
from apps.organizations.models import Organization
from apps.organizations.operations import change_status
from apps.payouts.locks import claim_payout_request
from apps.payouts.models import Payout, PayoutAccount
from apps.payouts.operations import (
    begin_attempt,
    begin_cancel,
    begin_transfer,
    estimate_payout,
    fail_attempt,
    issue_reverse_invoice,
    refuse_transfer,
    request_payout,
    set_payout_billing,
    settle_attempt,
    settle_transfer,
)
from apps.payouts.selectors import money_of, sendable_payout_ids
from apps.payouts.states import Tried, attempt_status, payout_status
from tests.cases.registry import Facts, NotYet, adapter
from tests.cases.world import NOW, make_organization, origin_at
from tests.support.payouts import bank_payout, earn, link, make_account, transferred
from tests.support.threads import together

AREA = "payouts"
PREFIX = {"REVERSE_INVOICE_PREFIX": "POLAR"}
ORIGIN = origin_at()
# Through which statuses an organization comes to another.
_WAYS = {
    "active": ("active",),
    "review": ("review",),
    "snoozed": ("review", "snoozed"),
    "denied": ("denied",),
    "offboarding": ("review", "offboarding"),
    "offboarded": ("review", "offboarding", "offboarded"),
    "blocked": ("blocked",),
    "created": (),
}


@adapter(AREA, commits=True)
def create(given: Facts, when: Facts) -> Facts:
    organization = _world(given)
    with override_settings(**PREFIX), keep_jobs() as jobs:
        payout = _request(organization, is_locked=bool(given.get("lock_held")))
    return {
        "status": payout.status,
        "transfer_enqueued": any(job.name == "payouts.transfer" for job in jobs),
        "amount": payout.amount,
        "fees_amount": payout.fees_amount,
        "gross_amount": payout.gross_amount,
        "invoice_number": payout.invoice_number,
        "error": None,
    }


@adapter(AREA, db=True)
def estimate(given: Facts, when: Facts) -> Facts:
    organization = _world(given)
    amounts = estimate_payout(organization=organization, origin=ORIGIN).amounts
    return {
        "gross_amount": amounts.gross_amount,
        "fees_amount": amounts.fees_amount,
        "net_amount": amounts.net_amount,
        "error": None,
    }


@adapter(AREA, db=True)
def transfer(given: Facts, when: Facts) -> Facts:
    organization = _world(given)
    payout = _in_status(_request(organization), given.get("payout_status") or "pending")
    if given.get("payout_account_changed"):
        link(organization, make_account(at=NOW), at=NOW)
    begun = begin_transfer(payout_id=payout.pk, origin=ORIGIN)
    is_transferred = begun.transfer_status == Payout.TransferStatus.ASKED
    if is_transferred:
        begun = settle_transfer(
            payout_id=payout.pk,
            transfer_id="tr_case",
            account_amount=when.get("converted_amount") or payout.amount,
            origin=ORIGIN,
        )
    return {
        "status": begun.status,
        "transferred": is_transferred,
        "account_amount": begun.account_amount,
        "fees_returned": money_of(organization.pk, at=NOW).balance_amount == payout.gross_amount,
    }


@adapter(AREA, db=True)
def attempt(given: Facts, when: Facts) -> Facts:
    organization = _world(given)
    status = given.get("payout_status") or "pending"
    payout = _request(organization)
    if given.get("account_amount") is None:
        raise NotYet
    payout = transferred(payout, at=NOW, arrived=given["account_amount"])
    if status == "failed":
        _try(payout, "failed", None)
    elif status != "pending":
        raise NotYet
    if given.get("connected_balance", payout.account_amount) < (
        when.get("amount") or payout.account_amount
    ):
        # Nothing is begun before the account has it.
        return {"attempt": None}
    begun = begin_attempt(payout_id=payout.pk, amount=when.get("amount"), origin=ORIGIN)
    if given.get("provider_rejects"):
        begun = fail_attempt(attempt_id=begun.pk, code="refused", message="No.", origin=ORIGIN)
    return {"attempt": {"amount": begun.amount, "status": begun.status}, "error": None}


@adapter(AREA)
def status_from_attempts(given: Facts, when: Facts) -> Facts:
    whole = given.get("account_amount") or 9750
    tries = [_tried(one, whole) for one in given["attempts"]]
    return {"status": payout_status(given["payout_status"], tries, amount=whole)}


@adapter(AREA)
def map_provider_status(given: Facts, when: Facts) -> Facts:
    return {"status": attempt_status(when["provider_status"])}


@adapter(AREA, db=True)
def cancel(given: Facts, when: Facts) -> Facts:
    payout = _in_status(_request(_world({})), given["payout_status"])
    canceled = begin_cancel(payout_id=payout.pk, origin=ORIGIN)
    if canceled.transfer_status == Payout.TransferStatus.RETURNING:
        raise NotYet
    return {"status": canceled.status, "error": None}


@adapter(AREA, db=True)
def create_then_cancel(given: Facts, when: Facts) -> Facts:
    organization = _world(given)
    before = money_of(organization.pk, at=NOW).available_amount
    payout = _request(organization)
    meanwhile = money_of(organization.pk, at=NOW).available_amount
    begin_cancel(payout_id=payout.pk, origin=ORIGIN)
    after = money_of(organization.pk, at=NOW)
    return {
        "available_before": before,
        "available_while": meanwhile,
        "available_after": after.available_amount,
        "balance_after": after.balance_amount,
    }


@adapter(AREA, db=True)
def create_cancel_create(given: Facts, when: Facts) -> Facts:
    organization = _world(given)
    begin_cancel(payout_id=_request(organization).pk, origin=ORIGIN)
    second = _request(organization)
    return {
        "second_status": second.status,
        "second_gross": second.gross_amount,
        "available_after": money_of(organization.pk, at=NOW).available_amount,
    }


@adapter(AREA, db=True)
def release_held(given: Facts, when: Facts) -> Facts:
    organization = _world({"balance_rows": []})
    payouts = _many(organization, given["payouts"])
    change_status(organization_id=organization.pk, to="active", origin=ORIGIN)
    return {
        "statuses": _statuses(payouts),
        "transfers": len(_released(payouts, given["payouts"])),
    }


@adapter(AREA, db=True)
def cancel_account_payouts(given: Facts, when: Facts) -> Facts:
    organization = _world({"balance_rows": []})
    payouts = _many(organization, given["payouts"])
    change_status(organization_id=organization.pk, to="denied", origin=ORIGIN)
    return {"statuses": _statuses(payouts)}


@adapter(AREA, db=True)
def select_for_bank_payout(given: Facts, when: Facts) -> Facts:
    accounts: dict[int, PayoutAccount] = {}
    keys: dict[Any, str] = {}
    for row in given["payouts"]:
        account = accounts.setdefault(row["account"], make_account(at=NOW))
        held = row["status"] == "held"
        organization = _world(
            {
                "organization_status": "review" if held else "active",
                "balance_rows": [{"amount": 10_000, "age_days": 90}],
            },
            account=account,
        )
        payout = _request(organization, days_ago=row["age_days"])
        if not held:
            payout = transferred(payout, at=NOW)
        if row["status"] not in ("held", "pending"):
            _in_status(payout, row["status"])
        keys[payout.pk] = row["key"]
    return {"selected": sorted(keys[pk] for pk in sendable_payout_ids())}


def _world(given: Facts, account: PayoutAccount | None = None) -> Organization:
    """An organization in a status, with a balance, a payout account, and a past."""
    rows = given.get("balance_rows", [{"amount": 10_000, "age_days": 10}])
    organization = make_organization()
    for status in _WAYS[given.get("organization_status") or "active"]:
        organization = change_status(
            organization_id=organization.pk, to=status, origin=origin_at(NOW - timedelta(days=99))
        )
    if given.get("fees_applicable") is False:
        set_fee_terms(
            organization_id=organization.pk,
            terms=FeeTerms("case", DEFAULT_PLAN, False),
            origin=ORIGIN,
        )
    account = account or make_account(
        at=NOW,
        country=given.get("country") or "US",
        currency=given.get("account_currency") or "usd",
    )
    link(organization, account, at=NOW)
    _past(organization, account, given)
    delay = timedelta(days=settings.PAYOUT_DELAY_DAYS)
    for row in rows:
        at = NOW - timedelta(days=row["age_days"])
        earn(organization, row["amount"], at=at, available_at=at + delay)
    return organization


def _past(organization: Organization, account: PayoutAccount, given: Facts) -> None:
    """Earlier payouts: the time of the last one, and the numbers that are taken."""
    hours = given.get("last_payout_hours_ago")
    taken: list[str] = given.get("existing_invoice_numbers") or []
    if hours is None and not taken:
        return
    at = NOW - timedelta(hours=hours if hours is not None else 24 * 60)
    earn(organization, 10_000, at=at)
    payout = request_payout(organization_id=organization.pk, origin=origin_at(at))
    if taken:
        # Numbers can be given by hand.
        Payout.objects.filter(pk=payout.pk).update(invoice_number=taken[0])


def _request(organization: Organization, *, is_locked: bool = False, days_ago: int = 0) -> Payout:
    origin = origin_at(NOW - timedelta(days=days_ago))

    def ask() -> Payout:
        return request_payout(organization_id=organization.pk, origin=origin)

    if not is_locked:
        return ask()
    with transaction.atomic():
        claim_payout_request(organization.pk)
        # Somebody else's connection: this one holds the lock already.
        outcome = together(ask)[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome  # type: ignore[no-any-return]


def _try(payout: Payout, status: str, amount: int | None) -> None:
    """An attempt that came to this."""
    provider = {"succeeded": "paid"}.get(status, status)
    begun = begin_attempt(payout_id=payout.pk, amount=amount, origin=ORIGIN)
    settle_attempt(attempt_id=begun.pk, facts=bank_payout(provider, at=NOW), origin=ORIGIN)


def _in_status(payout: Payout, status: str) -> Payout:
    """The payout brought into a status, the way it comes there."""
    if status in ("in_transit", "succeeded"):
        if payout.transfer_status != Payout.TransferStatus.MADE:
            payout = transferred(payout, at=NOW)
        _try(payout, status, None)
    elif status == "failed":
        begin_transfer(payout_id=payout.pk, origin=ORIGIN)
        refuse_transfer(payout_id=payout.pk, code="refused", message="No.", origin=ORIGIN)
    elif status == "canceled":
        begin_cancel(payout_id=payout.pk, origin=ORIGIN)
    elif status == "held":
        return _held()
    payout.refresh_from_db()
    assert payout.status == status
    return payout


def _held() -> Payout:
    return _request(_world({"organization_status": "review"}))


def _many(organization: Organization, statuses: Sequence[str]) -> list[Payout]:
    """Payouts of one organization, a few days apart, which ends under review."""
    made: dict[int, Payout] = {}
    # Held is what was asked for under review, so the others come first.
    order = sorted(range(len(statuses)), key=lambda number: statuses[number] == "held")
    for days, number in enumerate(order):
        status, at = statuses[number], NOW - timedelta(days=2 * (len(statuses) - days))
        if status == "held" and organization.status == "active":
            organization = change_status(
                organization_id=organization.pk, to="review", origin=origin_at(at)
            )
        earn(organization, 10_000, at=at)
        payout = request_payout(organization_id=organization.pk, origin=origin_at(at))
        made[number] = payout if status in ("held", "pending") else _in_status(payout, status)
    if organization.status == "active":
        change_status(organization_id=organization.pk, to="review", origin=ORIGIN)
    return [made[number] for number in range(len(statuses))]


def _statuses(payouts: Sequence[Payout]) -> list[str]:
    found = {row.pk: row.status for row in Payout.objects.all()}
    return [found[payout.pk] for payout in payouts]


def _released(payouts: Sequence[Payout], before: Sequence[str]) -> list[Payout]:
    found = {row.pk: row for row in Payout.objects.exclude(next_check_at=None)}
    return [
        found[payout.pk]
        for payout, status in zip(payouts, before, strict=True)
        if status == "held" and payout.pk in found
    ]


def _tried(one: str | Facts, whole: int) -> Tried:
    if isinstance(one, str):
        return Tried(one, whole)
    return Tried(one["status"], one.get("amount") or whole)


@adapter(AREA, db=True)
def generate_invoice(given: Facts, when: Facts) -> Facts:
    organization = _world({})
    if given.get("taken_number"):
        earn(organization, 10_000, at=NOW - timedelta(days=9))
        other = _request(organization, days_ago=8)
        Payout.objects.filter(pk=other.pk).update(invoice_number=given["taken_number"])
        earn(organization, 10_000, at=NOW)
    with override_settings(**PREFIX):
        payout = _in_status(_request(organization), given.get("payout_status") or "succeeded")
    if given.get("billing_name"):
        set_payout_billing(
            organization_id=organization.pk,
            name=given["billing_name"],
            address={"line1": "1 Main Street", "city": "Springfield", "country": "US"},
            origin=ORIGIN,
        )
    if given.get("invoice_exists"):
        issue_reverse_invoice(payout_id=payout.pk, origin=ORIGIN)
    issued = issue_reverse_invoice(
        payout_id=payout.pk, invoice_number=when.get("number") or given.get("number"), origin=ORIGIN
    )
    return {"invoice_number": issued.invoice_number, "error": None}
