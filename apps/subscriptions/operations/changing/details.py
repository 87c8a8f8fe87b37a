"""A computed change as JSON, and back: it must outlive the process that computed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.discounts.models import Discount
from apps.subscriptions.operations.changing.computing import Change
from apps.subscriptions.periods import Period
from apps.subscriptions.proration import PricedLine, Quantity


def details_of(
    wanted: Change, *, quantity: Quantity | None, entry_ids: Sequence[UUID]
) -> dict[str, Any]:
    """Everything of a change but its entries, which are kept as rows with these ids."""
    return {
        "product_id": str(wanted.product_id),
        "lines": [
            {"price_id": str(line.price_id), "kind": line.kind, "amount": line.amount}
            for line in wanted.lines
        ],
        "seats": wanted.seats,
        "units": wanted.units,
        "discount_id": str(wanted.discount.pk) if wanted.discount else None,
        "discount_applied_at": _text(wanted.discount_applied_at),
        "recurring_interval": wanted.recurring_interval,
        "recurring_interval_count": wanted.recurring_interval_count,
        "anchor_day": wanted.anchor_day,
        "period": [_text(wanted.period.start_at), _text(wanted.period.end_at)],
        "trial_end_at": _text(wanted.trial_end_at),
        "starts_billing": wanted.starts_billing,
        "metadata": dict(wanted.metadata) if wanted.metadata is not None else None,
        "quantity": quantity.value if quantity else None,
        "entry_ids": [str(entry_id) for entry_id in entry_ids],
    }


def change_from(details: Mapping[str, Any]) -> tuple[Change, Quantity | None]:
    """The change that `details_of` kept, and the quantity that alone it is about."""
    start_at, end_at = (datetime.fromisoformat(text) for text in details["period"])
    discount = None
    if details["discount_id"]:
        discount = Discount.objects.get(pk=details["discount_id"])
    wanted = Change(
        product_id=UUID(details["product_id"]),
        lines=tuple(
            PricedLine(price_id=UUID(line["price_id"]), kind=line["kind"], amount=line["amount"])
            for line in details["lines"]
        ),
        seats=details["seats"],
        units=details["units"],
        discount=discount,
        discount_applied_at=_time(details["discount_applied_at"]),
        recurring_interval=details["recurring_interval"],
        recurring_interval_count=details["recurring_interval_count"],
        anchor_day=details["anchor_day"],
        period=Period(start_at, end_at),
        trial_end_at=_time(details["trial_end_at"]),
        starts_billing=details.get("starts_billing", False),
        metadata=details.get("metadata"),
    )
    return wanted, Quantity(details["quantity"]) if details["quantity"] else None


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
