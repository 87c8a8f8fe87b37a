"""Filters on what the ledger keeps."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from apps.ledger.models import FeeCredit  # noqa: F401


class FeeCreditQuerySet(models.QuerySet["FeeCredit"]):
    """Fee credits."""

    def unspent(self) -> Self:
        """Something left and not revoked; it may have expired."""
        return self.filter(revoked_at=None, used_amount__lt=F("amount"))

    def active(self, *, at: datetime) -> Self:
        """Usable at that moment."""
        return self.unspent().filter(Q(expires_at=None) | Q(expires_at__gt=at))
