"""How subscriptions are worded and coloured in lists, facts and panels."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.clock import system_time
from apps.core.money import format_amount
from apps.core.staff import columns, show
from apps.core.staff.columns import Column, reach
from apps.payments.admin import card
from apps.subscriptions.coming import NextEvent, next_event
from apps.subscriptions.models import Subscription
from apps.subscriptions.recurring import counts_as_recurring, monthly_amount

TONES = {
    "trialing": "busy",
    "active": "good",
    "past_due": "bad",
    "paused": "warn",
    "canceled": "plain",
}


def clock_of(record: Any) -> datetime:
    """What time it is for the record's merchant, whose test clock may run ahead."""
    offset: timedelta = record.organization.clock_offset
    return system_time() + offset


def when(field: str, title: str) -> Column:
    """A moment, with its distance by the merchant's clock."""
    return columns.column(
        lambda record: show.time(reach(record, field), clock_of(record)),
        title,
        order=field,
        kind="when",
    )


def interval_text(subscription: Any) -> str:
    """`month`, `3 months`."""
    count, name = subscription.recurring_interval_count, subscription.recurring_interval
    return str(name) if count == 1 else f"{count} {name}s"


def quantity_text(subscription: Any) -> str:
    """`5 seats`; empty without seats and units."""
    for name, number in (("seat", subscription.seats), ("unit", subscription.units)):
        if number is not None:
            return f"{number:,} {name}" + ("" if number == 1 else "s")
    return ""


def product_text(subscription: Subscription) -> SafeString:
    """The product, with how many of it."""
    quantity = quantity_text(subscription)
    name = subscription.product.name
    if not quantity:
        return format_html("{}", name)
    return format_html('{}<span class="bo-hint">{}</span>', name, quantity)


def title_of(subscription: Subscription) -> str:
    """What a subscription is called where there is no room for more."""
    return f"{subscription.product.name} of {subscription.customer}"


def amount_text(subscription: Subscription) -> SafeString:
    """The amount, and how often."""
    return format_html(
        '<span class="bo-amount">{}</span><div class="bo-tile-note">every {}</div>',
        format_amount(subscription.amount, subscription.currency),
        interval_text(subscription),
    )


def monthly(subscription: Subscription) -> int:
    """What it is worth a month; nothing while it is not paid for, or if it is about to end."""
    if not counts_as_recurring(subscription):
        return 0
    return monthly_amount(
        subscription.amount,
        interval=subscription.recurring_interval,
        count=subscription.recurring_interval_count,
    )


def share_text(subscription: Any) -> SafeString:
    """What it is worth a month, and its part of what its merchant has in that currency."""
    amount = monthly(subscription)
    if not amount:
        return show.blank()
    whole = subscription.merchant_monthly
    share = f"{amount * 100 / whole:.1f} %" if whole else ""
    return format_html(
        '<span class="bo-amount">{}</span><div class="bo-tile-note">{}</div>',
        format_amount(amount, subscription.currency),
        share,
    )


def coming(subscription: Any) -> NextEvent | None:
    """The first thing to come, by what `complete` attached."""
    return next_event(subscription, retries_at=subscription.retries_at)


def next_text(subscription: Any) -> SafeString:
    """The first thing to come, and when."""
    event = coming(subscription)
    if event is None:
        return show.blank()
    if event.at is None:
        return format_html("{}", event.what)
    return format_html(
        '<span title="{}">{}<div class="bo-tile-note">{}</div></span>',
        event.at.strftime("%Y-%m-%d %H:%M UTC"),
        event.what,
        show.relative(event.at, clock_of(subscription)),
    )


def word(value: str | None) -> str:
    """`switched_service` as words."""
    return (value or "").replace("_", " ")


def method_text(subscription: Subscription) -> SafeString:
    """What it is charged to; without a method of its own the customer's default is."""
    method = subscription.payment_method
    if method is None:
        return format_html('<span class="bo-blank">{}</span>', "the customer's default")
    return show.link(method, card(method))
