"""Payouts, payout accounts, reserves and holds, for staff."""

from apps.payouts.admin import accounts, attempts, holds, payouts, reserves

__all__ = ["accounts", "attempts", "holds", "payouts", "reserves"]
