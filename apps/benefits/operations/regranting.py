"""Granting everything again that a customer should have."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.benefits.errors import GrantNotDue, GrantSettled
from apps.benefits.models import BenefitGrant
from apps.benefits.operations.withholding import grant_again
from apps.core.origin import Origin


def grant_all_again(*, customer_id: UUID, origin: Origin) -> int:
    """
    Try every grant of a customer anew that something paid still gives; how many.

    What was withheld by hand stays withheld. Each is done by itself: one that cannot be granted
    stops no other.
    """
    rows = BenefitGrant.objects.filter(customer_id=customer_id, withheld_at=None)
    return sum(_again(pk, origin) for pk in rows.order_by("id").values_list("pk", flat=True))


def _again(grant_id: UUID, origin: Origin) -> bool:
    try:
        with transaction.atomic():
            grant_again(grant_id=grant_id, origin=origin)
    except (GrantNotDue, GrantSettled):
        return False
    return True
