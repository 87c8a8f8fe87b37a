"""Who used a discount, beyond the customer row: digests that recognise and do not reveal."""

from __future__ import annotations

from dataclasses import dataclass

from apps.core.addresses import InvalidEmail, unalias_email
from apps.core.digests import keyed_digest


@dataclass(frozen=True, slots=True)
class Digests:
    """Of the mailbox and of the card; empty where there is none."""

    email: str
    fingerprint: str


def digests_of(email: str | None, fingerprint: str | None) -> Digests:
    """The digests of a buyer: aliases of one mailbox have the same."""
    return Digests(
        email=_digest("discounts.email", _mailbox(email)),
        fingerprint=_digest("discounts.fingerprint", fingerprint),
    )


def _mailbox(email: str | None) -> str | None:
    try:
        return unalias_email(email) if email else None
    except InvalidEmail:
        return None


def _digest(purpose: str, value: str | None) -> str:
    return keyed_digest(purpose, value) if value else ""
