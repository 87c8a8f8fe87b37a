"""Reconciliation, for staff."""

from apps.reconciliation.admin import discrepancies, fees, runs, transactions

__all__ = ["discrepancies", "fees", "runs", "transactions"]
