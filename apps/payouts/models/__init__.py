"""Payout accounts, how an organization is paid out, payouts, their tries, and what is kept back."""

from apps.payouts.models.accounts import PayoutAccount, PayoutProfile
from apps.payouts.models.keeping import Hold, Reserve, ReservePart
from apps.payouts.models.payouts import Payout, PayoutAttempt, PayoutLine

__all__ = [
    "Hold",
    "Payout",
    "PayoutAccount",
    "PayoutAttempt",
    "PayoutLine",
    "PayoutProfile",
    "Reserve",
    "ReservePart",
]
