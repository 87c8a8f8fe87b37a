"""Approvals and limits, for staff."""

from apps.approvals.admin import approvals, limits

__all__ = ["approvals", "limits"]
