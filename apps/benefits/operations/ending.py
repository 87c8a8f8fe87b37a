"""The end of whoever or whatever grants go to: benefits, customers, members."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import transaction

from apps.benefits.locks import lock_grant
from apps.benefits.models import BenefitGrant
from apps.benefits.operations.aligning import let_go
from apps.core.origin import Origin

BATCH: Final = 200


def revoke_grants_of_customer(*, customer_id: UUID, origin: Origin) -> int:
    """Have everything taken back that a deleted customer has; returns how much."""
    return _let_go_all({"customer_id": customer_id}, origin)


def revoke_grants_of_member(*, member_id: UUID, origin: Origin) -> int:
    """Have everything taken back that one member has; the others keep theirs."""
    return _let_go_all({"member_id": member_id}, origin)


@transaction.atomic
def revoke_grants_of_benefit(*, benefit_id: UUID, origin: Origin) -> int:
    """Have a batch of the grants of a deleted benefit taken back; 0 when there are no more."""
    return _let_go_all({"benefit_id": benefit_id}, origin, limit=BATCH)


@transaction.atomic
def _let_go_all(which: dict[str, Any], origin: Origin, *, limit: int | None = None) -> int:
    rows = BenefitGrant.objects.filter(**which, is_wanted=True).order_by("id")
    ids = list(rows.values_list("pk", flat=True)[:limit])
    for grant_id in ids:
        grant = lock_grant(grant_id)
        if grant.is_wanted:
            let_go(grant, origin)
    return len(ids)
