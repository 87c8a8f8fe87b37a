"""Payout accounts and profiles, payouts with tries and files, and what is kept back."""

from apps.payouts.models.accounts import PayoutAccount, PayoutProfile
from apps.payouts.models.documents import PayoutProof
from apps.payouts.models.keeping import Hold, Reserve, ReservePart
from apps.payouts.models.payouts import Payout, PayoutAttempt, PayoutLine

__all__ = [
    "Hold",
    "Payout",
    "PayoutAccount",
    "PayoutAttempt",
    "PayoutLine",
    "PayoutProfile",
    "PayoutProof",
    "Reserve",
    "ReservePart",
]
