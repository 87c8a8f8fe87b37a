"""What we learn from the processor: plain frozen values, amounts in minor units, times UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodFacts:
    """A payment method. `metadata` has what the kind shows: brand, last4, exp_month, country…"""

    processor_id: str
    type: str
    metadata: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPreview:
    """What a confirmation token reveals before it is used."""

    name: str | None
    email: str | None
    method_type: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One attempt on a card or account. `decline_reason` is the most precise code there is."""

    id: str
    intent_id: str | None
    status: str
    amount: int
    currency: str
    customer_id: str | None
    method: MethodFacts | None
    metadata: Mapping[str, str]
    risk_level: str | None
    risk_score: int | None
    failure_code: str | None
    decline_reason: str | None
    failure_message: str | None
    balance_transaction_id: str | None
    used_3ds: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceTransaction:
    """
    A movement of the processor balance, in the currency of that balance.

    `exchange_rate` turns a presentment amount into `amount`; None where nothing was converted.
    """

    id: str
    amount: int
    fee: int
    net: int
    currency: str
    exchange_rate: Decimal | None
    available_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """
    A payment or setup intent; `kind` is "payment" or "setup". The error is the last one.

    `charge` and `settlement` are there only where the answer was asked to contain them.
    """

    id: str
    kind: str
    client_secret: str
    status: str
    amount: int = 0
    currency: str = ""
    customer_id: str | None = None
    method: MethodFacts | None = None
    charge_id: str | None = None
    charge: Charge | None = None
    settlement: BalanceTransaction | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    error_code: str | None = None
    decline_code: str | None = None
    error_message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """Where the processor sends its events; `secret` is told only when it is made."""

    id: str
    url: str
    enabled_events: tuple[str, ...]
    secret: str | None = None
