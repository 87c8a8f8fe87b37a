"""How accounts, entries and fees are named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from apps.core.staff import show
from apps.ledger.models import Account, Entry


def kind_of(account: Account) -> str:
    """The kind in words."""
    return account.kind.replace("_", " ")


def name_of(account: Account) -> str:
    """Kind and currency."""
    return f"{kind_of(account)} {account.currency.upper()}"


def owner_of(record: Any) -> SafeString:
    """The merchant, or the platform itself."""
    if record.organization_id is None:
        return show.badge("platform", "busy")
    return show.link(record.organization)


def cause_of(entry: Entry) -> SafeString:
    """The order or payment that an entry was posted for."""
    if entry.order_id:
        return show.link_to("orders", "order", entry.order_id, f"order …{str(entry.order_id)[-8:]}")
    if entry.payment_id:
        text = f"payment …{str(entry.payment_id)[-8:]}"
        return show.link_to("payments", "payment", entry.payment_id, text)
    return show.blank()


def settled(amount: int) -> SafeString:
    """An amount of the settlement currency."""
    return show.amount(amount, settings.SETTLEMENT_CURRENCY)
