"""Adding the currencies that fixed discounts lack."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.origin import Origin
from apps.discounts.backfill import missing_amounts
from apps.discounts.locks import lock_discount
from apps.discounts.models import Discount
from apps.events.operations import record
from apps.organizations.models import Organization


def backfill_discount_currencies(*, organization: Organization, origin: Origin) -> int:
    """
    Give each fixed discount an amount in every currency that its products are sold in.

    Amounts that are there stay as they are, redeemed or not: only buyers who could not use the
    discount at all are affected. Without a rate a currency is left out. Returns how many amounts
    were added; the second time none is. Each discount commits for itself and records
    `discount.updated`.
    """
    wanted: dict[UUID, dict[str, int]] = {}
    for missing in missing_amounts(organization, origin.at):
        if missing.amount is not None:
            wanted.setdefault(missing.discount.pk, {})[missing.currency] = missing.amount
    return sum(_add(discount_id, amounts, origin) for discount_id, amounts in wanted.items())


@transaction.atomic
def _add(discount_id: UUID, amounts: dict[str, int], origin: Origin) -> int:
    discount = lock_discount(discount_id)
    before = dict(discount.amounts or {})
    added = {name: amount for name, amount in amounts.items() if name not in before}
    if discount.deleted_at is not None or discount.type != Discount.Type.FIXED or not added:
        return 0
    discount.amounts = {**before, **added}
    discount.modified_at = origin.at
    discount.save(update_fields=["amounts", "modified_at"])
    record(
        "discount.updated",
        subject=discount,
        organization_id=discount.organization_id,
        origin=origin,
        changes={"amounts": (before, discount.amounts)},
    )
    return len(added)
