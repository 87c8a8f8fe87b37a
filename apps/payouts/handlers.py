"""What other apps' events mean for payouts, and what is due by the clock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from apps.core.origin import Origin
from apps.core.timers import Timer, register_timer
from apps.events.models import Event
from apps.events.registry import listen, subscribe
from apps.organizations.operations import flag_risk
from apps.payouts.models import PayoutAccount
from apps.payouts.operations import (
    follow_organization,
    release_due_hold,
    release_due_reserve,
    reserve_of_sale,
    run_payout_schedule,
)
from apps.payouts.readiness import is_distrusted
from apps.payouts.selectors import (
    holds_due_by,
    organizations_of,
    reserves_due_by,
    schedules_due_by,
)


def register() -> None:
    """Subscribe; called once, when Django is ready."""
    listen("organization.status_changed", follow_status)
    listen("balance.order", keep_of_sale)
    subscribe("payout_account.updated", "payouts.flag_risk", flag_holders, when=_is_distrusted)
    # What goes back is in a payout of the same moment.
    register_timer(
        Timer(name="payouts.reserve", due=reserves_due_by, run=_release_reserve, rank=75)
    )
    register_timer(Timer(name="payouts.hold", due=holds_due_by, run=_release_hold, rank=75))
    register_timer(Timer(name="payouts.schedule", due=schedules_due_by, run=_run, rank=80))


def follow_status(event: Event, origin: Origin) -> None:
    """An organization was approved, has left, or has to start again."""
    status = event.changes.get("status", ["", ""])[1]
    follow_organization(organization_id=UUID(event.subject_id), status=status, origin=origin)


def flag_holders(event: Event, origin: Origin) -> None:
    """The processor distrusts an account: whoever is paid out to it is looked at."""
    account = PayoutAccount.objects.get(pk=UUID(event.subject_id))
    why = f"The processor on the payout account: {account.disabled_reason}"
    for organization in organizations_of(account).filter(deleted_at=None):
        flag_risk(
            organization_id=organization.pk,
            origin=origin.on_clock(organization.clock_offset).because(why),
        )


def _is_distrusted(event: Event) -> bool:
    return is_distrusted(event.changes.get("disabled_reason", ["", ""])[1])


def keep_of_sale(event: Event, origin: Origin) -> None:
    """A merchant was given the money of a sale: reserves take their part of it."""
    payload = event.payload
    if event.organization_id is None or payload["amount"] <= 0:
        return
    reserve_of_sale(
        organization_id=event.organization_id,
        cause=str(event.subject_id),
        amount=payload["amount"],
        currency=payload["currency"],
        available_at=datetime.fromisoformat(payload["available_at"]),
        origin=origin,
    )


def _release_reserve(reserve_id: UUID, origin: Origin) -> None:
    release_due_reserve(reserve_id=reserve_id, origin=origin)


def _release_hold(hold_id: UUID, origin: Origin) -> None:
    release_due_hold(hold_id=hold_id, origin=origin)


def _run(organization_id: UUID, origin: Origin) -> None:
    run_payout_schedule(organization_id=organization_id, origin=origin)
