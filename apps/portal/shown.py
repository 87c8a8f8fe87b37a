"""What the pages show: rows as lines of text, amounts and days as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from babel.dates import format_date
from django.conf import settings

from apps.core.money import format_amount
from apps.customers.models import Member
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import PaymentMethod
from apps.subscriptions.models import Subscription

STATUSES = {
    "active": ("Active", "good"),
    "trialing": ("On trial", "good"),
    "past_due": ("Payment failed", "bad"),
    "paused": ("Paused", "plain"),
    "canceled": ("Ended", "plain"),
    "paid": ("Paid", "good"),
    "pending": ("To be paid", "bad"),
    "refunded": ("Refunded", "plain"),
    "partially_refunded": ("Partly refunded", "plain"),
    "void": ("Void", "plain"),
}


def frame(organization: Organization, member: Member | None = None) -> dict[str, Any]:
    """What stands around every page."""
    return {"organization": organization, "member": member, "sandbox": settings.SANDBOX}


def day(at: datetime | None) -> str:
    """A day as it is written out, in UTC."""
    return format_date(at.astimezone(UTC), format="long", locale="en") if at else ""


def order_line(order: Order) -> dict[str, Any]:
    """An order in a list."""
    word, tone = STATUSES.get(order.status, (order.status, "plain"))
    return {
        "id": order.pk,
        "title": order.product.name if order.product else "Order",
        "number": order.invoice_number or "",
        "day": day(order.created_at),
        "amount": format_amount(order.net_amount + order.tax_amount, order.currency),
        "word": word,
        "tone": tone,
    }


def subscription_line(row: Subscription) -> dict[str, Any]:
    """A subscription in a list, and what happens to it next."""
    word, tone = STATUSES.get(row.status, (row.status, "plain"))
    count, interval = row.recurring_interval_count, row.recurring_interval
    rhythm = f"every {interval}" if count == 1 else f"every {count} {interval}s"
    return {
        "id": row.pk,
        "title": row.product.name,
        "amount": f"{format_amount(row.amount, row.currency)} {rhythm}",
        "word": "Ends soon" if row.cancel_at_period_end else word,
        "tone": "plain" if row.cancel_at_period_end else tone,
        "next": _next(row),
    }


def card_line(method: PaymentMethod, default_id: object) -> dict[str, Any]:
    """A saved method in a list."""
    facts = method.method_metadata
    month, year = facts.get("exp_month"), facts.get("exp_year")
    return {
        "id": method.pk,
        "title": _method_name(method.type, facts),
        "expires": f"{month:02d}/{year}" if month and year else "",
        "is_default": method.pk == default_id,
    }


def lines_of(order: Order) -> Iterable[tuple[str, str]]:
    """The lines of an order, each with its amount."""
    for item in order.items.order_by("position", "id"):
        yield item.label, format_amount(item.amount, order.currency)


def _method_name(kind: str, facts: Mapping[str, Any]) -> str:
    if not facts.get("last4"):
        return kind.replace("_", " ").capitalize()
    return f"{str(facts.get('brand') or 'Card').capitalize()} ending in {facts['last4']}"


def _next(row: Subscription) -> str:
    if row.ended_at is not None:
        return f"Ended on {day(row.ended_at)}"
    if row.cancel_at_period_end:
        return f"Ends on {day(row.ends_at)}"
    if row.status == Subscription.Status.PAUSED:
        return f"Goes on on {day(row.resumes_at)}" if row.resumes_at else "Paused until you go on"
    if row.status == Subscription.Status.PAST_DUE:
        return "The last payment failed"
    if row.pause_at_period_end:
        return f"Pauses on {day(row.current_period_end_at)}"
    return f"Renews on {day(row.current_period_end_at)}"
