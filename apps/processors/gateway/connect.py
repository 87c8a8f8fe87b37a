"""Accounts of merchants at the processor, money sent to them, and from there to their banks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from apps.processors.gateway.client import plain, reading, writing
from apps.processors.gateway.reading import Payload, balance_transaction_of, moment

HOME_COUNTRY: Final = "US"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedAccount:
    """
    A merchant's account: whether it takes money and pays it out, and what it still has to give.

    The three lists name what is due, what is overdue, and what the processor is looking at.
    """

    id: str
    country: str
    currency: str
    is_submitted: bool
    is_payout_enabled: bool
    is_transfer_active: bool
    disabled_reason: str
    due: tuple[str, ...] = ()
    past_due: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFacts:
    """Money sent to a connected account: `amount` left our balance, in `currency`."""

    id: str
    amount: int
    currency: str
    destination: str
    destination_payment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankPayout:
    """A payout from a connected account to its bank; `status` is the processor's word."""

    id: str
    status: str
    amount: int
    currency: str
    arrival_at: datetime
    failure_code: str = ""
    failure_message: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def create_connected_account(
    *, key: str, country: str, email: str, name: str, metadata: Mapping[str, str]
) -> ConnectedAccount:
    """
    Open an account that its holder fills in, which is paid out only when we say so.

    The same `key` again returns the same account. Raises as `gateway.client.writing`.
    """
    params: Any = {
        "type": "express",
        "country": country,
        "capabilities": {"transfers": {"requested": True}},
        "settings": {"payouts": {"schedule": {"interval": "manual"}}},
        "metadata": dict(metadata),
    }
    if email:
        params["email"] = email
    if name:
        params["business_profile"] = {"name": name}
    if country != HOME_COUNTRY:
        params["tos_acceptance"] = {"service_agreement": "recipient"}
    with writing() as stripe:
        made = stripe.v1.accounts.create(params, {"idempotency_key": key})
    return connected_account_of(plain(made))


def read_connected_account(account_id: str) -> ConnectedAccount:
    """The account as it stands."""
    with reading() as stripe:
        return connected_account_of(plain(stripe.v1.accounts.retrieve(account_id)))


def create_onboarding_link(*, key: str, account_id: str, refresh_url: str, return_url: str) -> str:
    """Where the holder gives what is missing; works once and for a few minutes."""
    params: Any = {
        "account": account_id,
        "type": "account_onboarding",
        "refresh_url": refresh_url,
        "return_url": return_url,
    }
    with writing() as stripe:
        return stripe.v1.account_links.create(params, {"idempotency_key": key}).url


def read_connected_balance(account_id: str) -> dict[str, int]:
    """What a connected account can send to its bank now, by currency."""
    with reading() as stripe:
        found = plain(stripe.v1.balance.retrieve(None, {"stripe_account": account_id}))
    return {line["currency"]: line["amount"] for line in found.get("available") or ()}


def create_transfer(
    *,
    key: str,
    amount: int,
    currency: str,
    account_id: str,
    group: str,
    metadata: Mapping[str, str],
) -> TransferFacts:
    """
    Send `amount` of our balance to a connected account.

    The same `key` again sends nothing twice. `group` finds it again. Raises as
    `gateway.client.writing`.
    """
    params: Any = {
        "amount": amount,
        "currency": currency,
        "destination": account_id,
        "transfer_group": group,
        "metadata": dict(metadata),
    }
    with writing() as stripe:
        made = stripe.v1.transfers.create(params, {"idempotency_key": key})
    return transfer_of(plain(made))


def find_transfer(*, group: str) -> TransferFacts | None:
    """The transfer made under a group; None if there is none."""
    with reading() as stripe:
        params: Any = {"transfer_group": group, "limit": 1}
        found = stripe.v1.transfers.list(params).data
        return transfer_of(plain(found[0])) if found else None


def read_transfer(transfer_id: str) -> tuple[TransferFacts, str]:
    """The transfer, and the group that it was made under; PaymentError if there is none."""
    with reading() as stripe:
        found = plain(stripe.v1.transfers.retrieve(transfer_id))
    return transfer_of(found), found.get("transfer_group") or ""


def find_transfer_reversal(transfer_id: str) -> str | None:
    """The id of the latest reversal of a transfer; None if nothing of it was given back."""
    with reading() as stripe:
        found = stripe.v1.transfers.reversals.list(transfer_id, {"limit": 1}).data
        return found[0].id if found else None


def read_arrived_amount(*, account_id: str, payment_id: str) -> tuple[int, str]:
    """What a transfer came to in the connected account, and in which currency."""
    with reading() as stripe:
        params: Any = {"expand": ["balance_transaction"]}
        found = stripe.v1.charges.retrieve(payment_id, params, {"stripe_account": account_id})
        settled = balance_transaction_of(plain(found)["balance_transaction"])
    return settled.net, settled.currency


def reverse_transfer(*, key: str, transfer_id: str, amount: int) -> str:
    """
    Take `amount` of a transfer back into our balance; the id of the reversal.

    The same `key` again takes nothing twice. Raises as `gateway.client.writing`.
    """
    with writing() as stripe:
        made = stripe.v1.transfers.reversals.create(
            transfer_id, {"amount": amount}, {"idempotency_key": key}
        )
    return made.id


def create_bank_payout(
    *, key: str, account_id: str, amount: int, currency: str, metadata: Mapping[str, str]
) -> BankPayout:
    """
    Have a connected account send `amount` to its bank.

    The same `key` again sends nothing twice. Raises as `gateway.client.writing`.
    """
    params: Any = {"amount": amount, "currency": currency, "metadata": dict(metadata)}
    with writing() as stripe:
        made = stripe.v1.payouts.create(
            params, {"idempotency_key": key, "stripe_account": account_id}
        )
    return bank_payout_of(plain(made))


def read_bank_payout(*, account_id: str, payout_id: str) -> BankPayout:
    """The payout of a connected account as it stands."""
    with reading() as stripe:
        found = stripe.v1.payouts.retrieve(payout_id, None, {"stripe_account": account_id})
        return bank_payout_of(plain(found))


def find_bank_payout(*, account_id: str, name: str, value: str) -> BankPayout | None:
    """The payout of an account whose metadata has `value` under `name`; None if there is none."""
    with reading() as stripe:
        params: Any = {"limit": 100}
        pages = stripe.v1.payouts.list(params, {"stripe_account": account_id})
        for listed in pages.auto_paging_iter():
            facts = bank_payout_of(plain(listed))
            if facts.metadata.get(name) == value:
                return facts
    return None


def connected_account_of(payload: Payload) -> ConnectedAccount:
    """The facts of an account object."""
    needs = payload.get("requirements") or {}
    return ConnectedAccount(
        id=payload["id"],
        country=payload.get("country") or "",
        currency=payload.get("default_currency") or "",
        is_submitted=bool(payload.get("details_submitted")),
        is_payout_enabled=bool(payload.get("payouts_enabled")),
        is_transfer_active=(payload.get("capabilities") or {}).get("transfers") == "active",
        disabled_reason=needs.get("disabled_reason") or "",
        due=tuple(needs.get("currently_due") or ()),
        past_due=tuple(needs.get("past_due") or ()),
        pending=tuple(needs.get("pending_verification") or ()),
    )


def transfer_of(payload: Payload) -> TransferFacts:
    """The facts of a transfer object."""
    return TransferFacts(
        id=payload["id"],
        amount=payload["amount"],
        currency=payload["currency"],
        destination=_id_of(payload["destination"]) or "",
        destination_payment=_id_of(payload.get("destination_payment")),
    )


def bank_payout_of(payload: Payload) -> BankPayout:
    """The facts of a payout object."""
    return BankPayout(
        id=payload["id"],
        status=payload["status"],
        amount=payload["amount"],
        currency=payload["currency"],
        arrival_at=moment(payload["arrival_date"]),
        failure_code=payload.get("failure_code") or "",
        failure_message=payload.get("failure_message") or "",
        metadata=dict(payload.get("metadata") or {}),
    )


def _id_of(value: Any) -> str | None:
    if not value:
        return None
    return value if isinstance(value, str) else str(value["id"])
