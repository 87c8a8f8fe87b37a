"""Writing entries: once per reference, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.core.rows import insert_if_new
from apps.ledger.books import Cause, Draft, EntryConflict, Move, Place, Presentment
from apps.ledger.models import Account, Entry, Transfer
from apps.ledger.selectors.accounts import accounts_at
from apps.ledger.witnesses import show_witnesses


@transaction.atomic
def post_entry(
    *,
    reference: str,
    type: str,
    transfers: Sequence[Move],
    organization_id: UUID | None,
    at: datetime,
    cause: Cause | None = None,
    presentment: Presentment | None = None,
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """
    Record `transfers` once under `reference`, opening accounts as needed.

    The same call again changes nothing and returns the entry that is there; only times may
    differ, since a repeated cause comes later.

    :raises EntryConflict: if `reference` was posted with other facts.
    """
    draft = Draft(
        reference=reference,
        type=type,
        transfers=tuple(transfers),
        organization_id=organization_id,
        at=at,
        cause=cause or Cause(),
        presentment=presentment,
        details=details or {},
    )
    return post_entries(drafts=[draft])[0][0]


@transaction.atomic(savepoint=False)
def post_entries(*, drafts: Sequence[Draft]) -> list[tuple[Entry, bool]]:
    """
    Record several entries at once: each with whether this call wrote it.

    Whoever comes second waits for the first to commit, then finds its entries.

    :raises EntryConflict: if one was posted with other facts; then none is written.
    """
    accounts = open_accounts(place for draft in drafts for place in _places(draft))
    mine = [_entry(draft) for draft in drafts]
    # The entry goes first: it gives the transaction its id before any transfer id is drawn,
    # which the horizon of the checkpoints relies on.
    result = [
        (entry, True)
        if insert_if_new(entry)
        else (Entry.objects.get(reference=entry.reference), False)
        for entry in mine
    ]
    rows: list[Transfer] = []
    for draft, (entry, is_new) in zip(drafts, result, strict=True):
        transfers = [_transfer(entry, move, accounts, draft.at) for move in draft.transfers]
        if is_new:
            rows += transfers
        else:
            _require_same(entry, _entry(draft), transfers)
    Transfer.objects.bulk_create(rows)
    show_witnesses(
        [(entry, draft) for draft, (entry, is_new) in zip(drafts, result, strict=True) if is_new]
    )
    return result


def open_accounts(places: Iterable[Place]) -> dict[Place, Account]:
    """The accounts at `places`, opened where missing; two openers get the same rows."""
    wanted = sorted(set(places), key=str)
    found = accounts_at(wanted)
    missing = [place for place in wanted if place not in found]
    if missing:
        Account.objects.bulk_create(
            [
                Account(
                    kind=place.kind,
                    currency=place.currency,
                    organization_id=place.organization_id,
                )
                for place in missing
            ],
            ignore_conflicts=True,
        )
        found |= accounts_at(missing)
    return found


def _places(draft: Draft) -> Iterable[Place]:
    for move in draft.transfers:
        yield move.debit
        yield move.credit


def _entry(draft: Draft) -> Entry:
    seen = draft.presentment
    return Entry(
        organization_id=draft.organization_id,
        reference=draft.reference,
        type=draft.type,
        order_id=draft.cause.order_id,
        payment_id=draft.cause.payment_id,
        corrects_id=draft.cause.corrects_id,
        presentment_currency=seen.currency if seen else None,
        presentment_amount=seen.amount if seen else None,
        presentment_tax_amount=seen.tax_amount if seen else None,
        exchange_rate=seen.exchange_rate.quantize(Decimal("1e-10")) if seen else None,
        details=dict(draft.details),
        posted_at=draft.at,
    )


def _transfer(
    entry: Entry, move: Move, accounts: Mapping[Place, Account], at: datetime
) -> Transfer:
    return Transfer(
        entry=entry,
        type=move.type,
        debit_account=accounts[move.debit],
        credit_account=accounts[move.credit],
        amount=move.amount,
        currency=move.debit.currency,
        posted_at=at,
        available_at=move.available_at,
    )


ENTRY_FACTS = (
    "type",
    "organization_id",
    "order_id",
    "payment_id",
    "corrects_id",
    "presentment_currency",
    "presentment_amount",
    "presentment_tax_amount",
    "exchange_rate",
    "details",
)


def _require_same(stored: Entry, wanted: Entry, transfers: list[Transfer]) -> None:
    differing = [name for name in ENTRY_FACTS if getattr(stored, name) != getattr(wanted, name)]
    if _facts(stored.transfers.all()) != _facts(transfers):
        differing.append("transfers")
    if differing:
        raise EntryConflict(
            f"{stored.reference} was posted before with another {', '.join(differing)}."
        )


def _facts(transfers: Iterable[Transfer]) -> list[tuple[str, str, str, int]]:
    return sorted(
        (row.type, str(row.debit_account_id), str(row.credit_account_id), row.amount)
        for row in transfers
    )
