"""Payouts and payout accounts, for staff."""

from apps.payouts.admin import accounts, payouts

__all__ = ["accounts", "payouts"]
