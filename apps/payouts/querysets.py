"""Chainable filters of payouts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from apps.organizations.querysets import TenantQuerySet

if TYPE_CHECKING:
    from apps.payouts.models import Payout  # noqa: F401


class PayoutQuerySet(TenantQuerySet["Payout"]):
    """Payouts."""

    def open(self) -> Self:
        """Neither paid nor given up."""
        return self.exclude(status__in=("succeeded", "canceled"))

    def standing(self) -> Self:
        """All that were not canceled."""
        return self.exclude(status="canceled")

    def since(self, at: datetime) -> Self:
        """Asked for at `at` or later."""
        return self.filter(created_at__gte=at)
