"""Payouts and payout accounts, for staff."""

from apps.payouts.admin import accounts, attempts, payouts

__all__ = ["accounts", "attempts", "payouts"]
