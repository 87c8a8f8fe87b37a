"""The statement of a balance at the processor: every movement, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from apps.processors.gateway.client import plain, reading
from apps.processors.gateway.reading import Payload, moment

PAGE_SIZE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """
    One movement of a balance, in minor units of the balance's `currency`.

    `amount` less `fee` is `net`; each is below zero where money went out. `source_id` is the
    charge, refund, dispute, transfer or payout behind it, empty for fees billed apart. `type` and
    `category` are the processor's words.
    """

    id: str
    source_id: str
    type: str
    category: str
    amount: int
    fee: int
    net: int
    currency: str
    description: str
    created_at: datetime
    available_at: datetime


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Some lines, newest first; `after` is the cursor of the next page, empty on the last one."""

    lines: tuple[StatementLine, ...]
    after: str = ""


def list_balance_transactions(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: str = "",
    source_id: str = "",
    account_id: str = "",
    limit: int = PAGE_SIZE,
) -> StatementPage:
    """
    A page of the movements of our balance, or of that of a connected account.

    From `since` on and before `until`, in whole seconds of the processor's clock. Movements that
    come about meanwhile never shift the pages behind a cursor. Raises as `gateway.client.reading`.
    """
    created: dict[str, int] = {}
    if since is not None:
        created["gte"] = int(since.timestamp())
    if until is not None:
        created["lt"] = int(until.timestamp())
    params: dict[str, Any] = {"limit": limit}
    if created:
        params["created"] = created
    if after:
        params["starting_after"] = after
    if source_id:
        params["source"] = source_id
    options: Any = {"stripe_account": account_id} if account_id else {}
    asked: Any = params
    with reading() as stripe:
        found = plain(stripe.v1.balance_transactions.list(asked, options))
    lines = tuple(statement_line_of(one) for one in found["data"])
    has_more = bool(found.get("has_more")) and bool(lines)
    return StatementPage(lines, after=lines[-1].id if has_more else "")


def iterate_balance_transactions(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    source_id: str = "",
    account_id: str = "",
) -> Iterator[StatementLine]:
    """The lines of all pages, newest first; each page is read when it is needed."""
    after = ""
    while True:
        page = list_balance_transactions(
            since=since, until=until, after=after, source_id=source_id, account_id=account_id
        )
        yield from page.lines
        if not page.after:
            return
        after = page.after


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMovement:
    """
    A line of a connected account's statement, with what caused it.

    `cause_id` is the transfer or the reversal that brought or took the money where it is one, else
    the payout or whatever else is the source of the line.
    """

    id: str
    cause_id: str
    category: str
    net: int
    currency: str
    created_at: datetime


def read_account_movements(*, account_id: str, since: datetime) -> list[AccountMovement]:
    """
    All movements of a connected account from `since` on, oldest first.

    Raises as `gateway.client.reading`.
    """
    asked: Any = {
        "limit": PAGE_SIZE,
        "created": {"gte": int(since.timestamp())},
        "expand": ["data.source"],
    }
    with reading() as stripe:
        pages = stripe.v1.balance_transactions.list(asked, {"stripe_account": account_id})
        found = [_movement_of(plain(one)) for one in pages.auto_paging_iter()]
    return found[::-1]


def _movement_of(payload: Payload) -> AccountMovement:
    source = payload.get("source")
    facts = source if isinstance(source, dict) else {"id": source or ""}
    return AccountMovement(
        id=payload["id"],
        cause_id=(
            facts.get("source_transfer") or facts.get("source_transfer_reversal") or facts["id"]
        ),
        category=payload.get("reporting_category") or "",
        net=payload["net"],
        currency=payload["currency"],
        created_at=moment(payload["created"]),
    )


def statement_line_of(payload: Payload) -> StatementLine:
    """The facts of a balance transaction as the statement shows it."""
    source = payload.get("source")
    return StatementLine(
        id=payload["id"],
        source_id=(source if isinstance(source, str) else source["id"]) if source else "",
        type=payload["type"],
        category=payload.get("reporting_category") or "",
        amount=payload["amount"],
        fee=payload["fee"],
        net=payload["net"],
        currency=payload["currency"],
        description=payload.get("description") or "",
        created_at=moment(payload["created"]),
        available_at=moment(payload["available_on"]),
    )
