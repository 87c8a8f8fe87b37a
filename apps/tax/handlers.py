"""Keeps the record of tax beside the ledger."""

from apps.ledger.witnesses import register_witness
from apps.tax.operations import record_tax


def register() -> None:
    """Called once, when the app is ready."""
    register_witness(record_tax)
