"""The end of checkouts that nobody paid."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.checkouts.locks import lock_expired_checkouts
from apps.checkouts.models import Checkout
from apps.checkouts.selectors import expired_checkout_ids
from apps.checkouts.states import CHECKOUT
from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.events.operations import record
from apps.organizations.clocks import Clock, clocks

BATCH_SIZE: Final = 200


def expire_checkouts(*, origin: Origin) -> int:
    """
    Close every open checkout past its time; how many they were.

    `origin.at` is the machine's time, to which each organization's clock offset is added. One
    transaction per batch; a checkout that somebody works on is left to the next run.
    """
    return sum(_expire_by(clock, origin) for clock in clocks(origin.at))


def expire_checkout(*, checkout_id: UUID, origin: Origin) -> bool:
    """
    Close one open checkout if its time is over at `origin.at`, its organization's time.

    One that somebody works on is left to the next time. Whether it was closed.
    """
    return bool(_expire_batch([checkout_id], origin))


def _expire_by(clock: Clock, origin: Origin) -> int:
    closed = 0
    while ids := expired_checkout_ids(clock, limit=BATCH_SIZE):
        count = _expire_batch(ids, replace(origin, at=clock.at))
        closed += count
        if count < len(ids):
            break
    return closed


@transaction.atomic
def _expire_batch(ids: list[UUID], origin: Origin) -> int:
    rows = [row for row in lock_expired_checkouts(ids) if row.expires_at <= origin.at]
    for checkout in rows:
        CHECKOUT.require(checkout.status, Checkout.Status.EXPIRED)
        checkout.status = Checkout.Status.EXPIRED
        checkout.modified_at = origin.at
        record(
            "checkout.expired",
            subject=checkout,
            organization_id=checkout.organization_id,
            origin=origin,
            changes={"status": ("open", "expired")},
        )
        if checkout.outdated_intent_id:
            # Once more: nobody shall pay for what is no longer to be had.
            enqueue("checkouts.withdraw_former_intent", checkout_id=str(checkout.pk))
    Checkout.objects.bulk_update(rows, ["status", "modified_at"])
    return len(rows)
