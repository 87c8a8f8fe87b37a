"""Grants follow keys that were revoked or given back by hand."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.benefits.locks import lock_grant
from apps.benefits.operations.planned import plan_work
from apps.benefits.states import next_step
from apps.core.origin import Origin
from apps.license_keys.models import LicenseKey


@transaction.atomic
def align_grant_with_key(*, grant_id: UUID, origin: Origin) -> bool:
    """
    Withhold the grant of a key that is revoked, whatever is paid, or want it again if it is not.

    The work on the grant is done after the commit. Whether there is any: the second time there is
    none.

    :raises ResourceNotFound: if there is no such grant.
    """
    grant = lock_grant(grant_id)
    key = LicenseKey.objects.get(grant_id=grant_id)
    is_withheld = key.status == LicenseKey.Status.REVOKED
    if grant.is_wanted != is_withheld and (grant.withheld_at is not None) == is_withheld:
        return False
    grant.withheld_at = origin.at if is_withheld else None
    grant.is_wanted, grant.attempt_count = not is_withheld, 0
    grant.error = grant.error if is_withheld else None
    if next_step(grant) is None:
        grant.next_attempt_at = None
        grant.save(
            update_fields=[
                "withheld_at",
                "is_wanted",
                "attempt_count",
                "error",
                "next_attempt_at",
            ]
        )
        return False
    plan_work(grant, origin, "withheld_at", "is_wanted", "attempt_count", "error")
    return True
