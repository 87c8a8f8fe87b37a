"""Disputes and warnings of fraud, for staff."""

from apps.disputes.admin import disputes, warnings

__all__ = ["disputes", "warnings"]
