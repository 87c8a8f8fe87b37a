"""Merchants with money to be paid out, and a payout account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apps.core.ids import new_id
from apps.core.origin import Actor, Door, Origin
from apps.ledger.books import Move, Place
from apps.ledger.kinds import AccountKind
from apps.ledger.operations import post_entry
from apps.organizations.models import Organization
from apps.payouts.models import Payout, PayoutAccount, PayoutAttempt
from apps.payouts.operations import (
    HoldTerms,
    ReserveTerms,
    attach_payout_proof,
    begin_transfer,
    create_payout_account,
    link_payout_account,
    place_hold,
    set_reserve,
    settle_transfer,
    take_account_facts,
)
from apps.processors.gateway import BankPayout, ConnectedAccount


def origin_at(at: datetime) -> Origin:
    return Origin(actor=Actor.SYSTEM, door=Door.TASK, at=at)


def earn(
    organization: Organization, amount: int, *, at: datetime, available_at: datetime | None = None
) -> None:
    """Money in the balance: below zero it is taken out of it again."""
    merchant = Place(AccountKind.MERCHANT_BALANCE, "usd", organization.pk)
    processor = Place(AccountKind.PROCESSOR_BALANCE, "usd")
    sides = (processor, merchant) if amount > 0 else (merchant, processor)
    post_entry(
        reference=f"balance:{new_id()}",
        type="balance",
        transfers=[Move("balance", *sides, abs(amount), available_at)],
        organization_id=organization.pk,
        at=at,
    )


def ready_facts(processor_id: str, **facts: Any) -> ConnectedAccount:
    """What the processor says of an account that takes money."""
    usual: dict[str, Any] = {
        "country": "US",
        "currency": "usd",
        "is_submitted": True,
        "is_payout_enabled": True,
        "is_transfer_active": True,
        "disabled_reason": "",
    }
    return ConnectedAccount(id=processor_id, **{**usual, **facts})


def make_account(
    *, at: datetime, type: str = "stripe", country: str = "US", currency: str = "usd"
) -> PayoutAccount:
    """A payout account that is ready."""
    account = create_payout_account(
        type=type, country=country, currency=currency, name="Acme Inc.", origin=origin_at(at)
    )
    if type == "stripe":
        facts = ready_facts(f"acct_{new_id().hex}", country=country, currency=currency)
        account = take_account_facts(account_id=account.pk, facts=facts, origin=origin_at(at))
    return account


def link(organization: Organization, account: PayoutAccount | None, *, at: datetime) -> None:
    link_payout_account(
        organization_id=organization.pk,
        account_id=account.pk if account else None,
        origin=origin_at(at),
    )


def transferred(payout: Payout, *, at: datetime, arrived: int | None = None) -> Payout:
    """The payout with its money in the payout account."""
    begin_transfer(payout_id=payout.pk, origin=origin_at(at))
    return settle_transfer(
        payout_id=payout.pk,
        transfer_id=f"tr_{payout.pk.hex}",
        account_amount=payout.amount if arrived is None else arrived,
        origin=origin_at(at),
    )


def bank_payout(status: str, *, at: datetime, amount: int = 9750, **facts: Any) -> BankPayout:
    """What the processor says of a payout to a bank."""
    usual: dict[str, Any] = {
        "id": f"po_{new_id().hex}",
        "currency": "usd",
        "arrival_at": at,
    }
    return BankPayout(status=status, amount=amount, **{**usual, **facts})


def make_failed_payout(organization: Organization, number: int, *, at: datetime) -> Payout:
    """100.00 dollars that the bank would not take."""
    account = PayoutAccount.objects.create(
        created_at=at, type="stripe", country="US", currency="usd", name=f"Account {number}"
    )
    payout = Payout.objects.create(
        created_at=at,
        organization=organization,
        payout_account=account,
        status="failed",
        trigger="request",
        currency="usd",
        account_currency="usd",
        gross_amount=10000,
        fees_amount=0,
        amount=10000,
        invoice_number=f"P-{new_id().hex[-10:]}",
    )
    PayoutAttempt.objects.create(
        created_at=at,
        organization=organization,
        payout=payout,
        number=1,
        status="failed",
        amount=10000,
        currency="usd",
    )
    return payout


def keep_back(organization: Organization, *, at: datetime) -> None:
    """A tenth of each sale for a quarter, and one dollar because of a question."""
    origin = origin_at(at).because("A question about it")
    terms = ReserveTerms(kind="rolling", bps=1000, days=90)
    set_reserve(organization_id=organization.pk, terms=terms, origin=origin)
    place_hold(organization_id=organization.pk, terms=HoldTerms(amount=100), origin=origin)


def prove(payout: Payout, *, at: datetime) -> None:
    """The bank's word for a payout that people have made."""
    content = b"%PDF-1.7 paid"
    attach_payout_proof(
        payout_id=payout.pk, name="advice.pdf", content=content, origin=origin_at(at)
    )
