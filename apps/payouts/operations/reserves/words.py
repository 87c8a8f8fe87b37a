"""How reserves are spoken of in plans and events."""

from __future__ import annotations

from typing import Any

from apps.payouts.models import Reserve


def end_of(reserve: Reserve) -> str:
    """Until when it keeps what it keeps."""
    if reserve.kind == Reserve.Kind.ROLLING:
        return f"{reserve.days} days from each sale"
    return f"until {reserve.release_at:%d %b %Y}" if reserve.release_at else "until it is released"


def facts_of(reserve: Reserve) -> dict[str, Any]:
    """What every event of a reserve tells: its terms."""
    return {
        "kind": reserve.kind,
        "bps": reserve.bps,
        "days": reserve.days,
        "amount": reserve.amount,
        "currency": reserve.currency,
    }
