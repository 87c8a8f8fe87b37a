"""A payout that changes: written, and told, the same way for every verb."""

from __future__ import annotations

from typing import Any

from apps.core.origin import Origin
from apps.events.operations import record
from apps.payouts.models import Payout
from apps.payouts.states import PAYOUT


def change_payout(
    payout: Payout, event: str, origin: Origin, *, told: dict[str, Any] | None = None, **values: Any
) -> Payout:
    """
    Set `values` on a locked payout and record `event` with what became another.

    Nothing is written and nothing told where all is as it was.

    :raises InvalidTransition: if the status has no such move.
    """
    changes = {
        name: (getattr(payout, name), value)
        for name, value in values.items()
        if getattr(payout, name) != value
    }
    if not changes:
        return payout
    if "status" in changes:
        PAYOUT.require(*changes["status"])
    for name, value in values.items():
        setattr(payout, name, value)
    payout.modified_at = origin.at
    payout.save(update_fields=[*changes, "modified_at"])
    record(
        event,
        subject=payout,
        organization_id=payout.organization_id,
        origin=origin,
        changes={
            name: (_plain(before), _plain(after))
            for name, (before, after) in changes.items()
            if name != "next_check_at"
        },
        payload=facts_of(payout) | (told or {}),
    )
    return payout


def facts_of(payout: Payout) -> dict[str, Any]:
    """What every event of a payout tells."""
    return {
        "amount": payout.amount,
        "fees_amount": payout.fees_amount,
        "currency": payout.currency,
        "account_amount": payout.account_amount,
        "account_currency": payout.account_currency,
        "payout_account_id": str(payout.payout_account_id),
        "invoice_number": payout.invoice_number,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
