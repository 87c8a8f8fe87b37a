"""What the status of an organization means for its payouts."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from apps.core.jobs import enqueue
from apps.core.origin import Origin
from apps.payouts.locks import lock_payouts_of
from apps.payouts.models import Payout
from apps.payouts.operations.canceling import cancel_payouts_of_organization
from apps.payouts.operations.moving import change_payout
from apps.payouts.operations.requesting import SWEEP_AFTER
from apps.payouts.states import LOSING_ALL, LOSING_HELD


@transaction.atomic
def release_held_payouts(*, organization_id: UUID, origin: Origin) -> int:
    """Let every held payout of an organization go on; returns how many. Nothing the second time."""
    held = lock_payouts_of(organization_id, (Payout.Status.HELD,))
    for payout in held:
        change_payout(
            payout,
            "payout.released",
            origin,
            status=Payout.Status.PENDING,
            next_check_at=None if payout.is_manual else origin.at + SWEEP_AFTER,
        )
        if not payout.is_manual:
            enqueue("payouts.transfer", payout_id=str(payout.pk))
    return len(held)


@transaction.atomic
def follow_organization(*, organization_id: UUID, status: str, origin: Origin) -> None:
    """Release or cancel what waits, as the new status of its organization demands."""
    if status == "active":
        release_held_payouts(organization_id=organization_id, origin=origin)
    elif status in LOSING_HELD:
        _cancel(organization_id, (Payout.Status.HELD,), status, origin)
    elif status in LOSING_ALL:
        _cancel(organization_id, (Payout.Status.HELD, Payout.Status.PENDING), status, origin)


def _cancel(
    organization_id: UUID, statuses: tuple[Payout.Status, ...], status: str, origin: Origin
) -> None:
    cancel_payouts_of_organization(
        organization_id=organization_id,
        statuses=tuple(str(one) for one in statuses),
        origin=origin.because(origin.reason or f"The organization is {status}."),
    )
