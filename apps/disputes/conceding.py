"""Which disputes are conceded by themselves. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from apps.core.money import round_half_away

# How long a merchant has to reply before it is conceded.
DELAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concession:
    """
    A dispute and what decides whether it is worth fighting for.

    `gross_amount` is in the currency of the dispute, which `exchange_rate` leads from to the
    settlement currency, that of `threshold_amount` and of the merchant's `balance_amount`.
    """

    status: str
    gross_amount: int
    exchange_rate: Decimal
    threshold_amount: int | None
    balance_amount: int
    is_enabled: bool
    has_alert: bool
    has_reply: bool
    is_inquiry: bool = False


def auto_accept_applies(one: Concession) -> bool:
    """
    Whether it is conceded unless the merchant objects: what it is about is below their threshold.

    Not where a provider of alerts works on it, the merchant has replied, or could not pay for it;
    and not an inquiry, which has cost nothing yet.
    """
    if not one.is_enabled or one.threshold_amount is None or one.status != "needs_response":
        return False
    if one.has_alert or one.has_reply or one.is_inquiry:
        return False
    settled = round_half_away(Fraction(one.exchange_rate) * one.gross_amount)
    return settled < one.threshold_amount and one.balance_amount >= settled
