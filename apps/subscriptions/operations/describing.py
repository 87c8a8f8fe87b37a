"""What followed from a deed, line by line, as a plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from apps.core.money import format_amount
from apps.core.origin import Origin
from apps.core.plans import Change, Mail, Money, Plan, Transfer, Webhook
from apps.events.models import Event
from apps.ledger.models import Transfer as Booking
from apps.notifications.models import Mail as Letter
from apps.orders.models import Order
from apps.orders.selectors import listed_items
from apps.subscriptions.announcements import merchant_events
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations.previewing import ChargePreview, preview_charge
from apps.subscriptions.selectors import open_update
from apps.wallets.models import WalletMovement
from apps.wallets.selectors import balance

# Under which names merchants hear of orders.
_ORDER_EVENTS: Mapping[str, tuple[str, ...]] = {
    "order.created": ("order.created",),
    "order.paid": ("order.updated", "order.paid"),
    "order.voided": ("order.updated",),
    "order.unvoided": ("order.updated",),
}
_NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A subscription with all that a deed may touch, as it was at one moment."""

    subscription: Subscription
    update: PendingUpdate | None
    orders: Mapping[UUID, tuple[str, str]]
    balance: int
    next_charge: ChargePreview


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """
    A deed and what came of it.

    `charged` says what each new order that asks for money is charged to, empty for none.
    """

    title: str
    warnings: tuple[str, ...]
    is_drifting: bool
    is_paid_first: bool
    before: Look
    after: Look
    charged: Mapping[UUID, str]
    events: list[Event]
    mark: UUID
    origin: Origin


def look_at(subscription: Subscription) -> Look:
    """The subscription as it is now."""
    orders = Order.objects.filter(subscription_id=subscription.pk).exclude(
        status=Order.Status.DRAFT
    )
    return Look(
        subscription=subscription,
        update=open_update(subscription, PendingUpdate.Timing.PERIOD),
        orders={row.pk: (str(row), row.status) for row in orders.order_by("pk")},
        balance=balance(subscription.customer_id, subscription.currency),
        next_charge=preview_charge(subscription=subscription),
    )


def describe(followed: Followed) -> Plan:
    """All of it as a plan."""
    return Plan(
        title=followed.title,
        changes=tuple(_changes(followed)),
        effects=tuple(_effects(followed)),
        money=tuple(_money(followed)),
        transfers=tuple(_transfers(followed)),
        mails=tuple(Mail(one.recipient, one.subject) for one in _letters(followed, "queued")),
        webhooks=tuple(Webhook(name) for name in _webhooks(followed.events)),
        warnings=followed.warnings,
    )


def _changes(followed: Followed) -> Iterator[Change]:
    before, after = followed.before, followed.after
    at = followed.origin.at
    for subject, was, is_now in zip(
        _SUBJECTS, _values(before, at), _values(after, at), strict=True
    ):
        if was != is_now:
            yield Change(subject, was or _NONE, is_now or _NONE)
    for key, (name, status) in before.orders.items():
        _, status_after = after.orders.get(key, (name, status))
        if status_after != status:
            yield Change(f"Order {name}", status, status_after)
    if not followed.is_drifting:
        was, is_now = _charge_text(before.next_charge), _charge_text(after.next_charge)
        if was != is_now:
            yield Change("Next charge", was, is_now)
        if before.balance != after.balance:
            currency = after.subscription.currency
            yield Change(
                "Balance of the customer",
                format_amount(before.balance, currency),
                format_amount(after.balance, currency),
            )


_SUBJECTS = (
    "Status",
    "Product",
    "Seats",
    "Units",
    "Discount",
    "Each period",
    "Period began",
    "Period ends",
    "Day of the month",
    "Trial ends",
    "Ends",
    "Why",
    "Pauses",
    "Resumes",
    "Past due since",
    "Waits for the next period",
)


def _values(look: Look, at: datetime) -> tuple[str, ...]:
    one = look.subscription
    every = one.recurring_interval
    if one.recurring_interval_count > 1:
        every = f"{one.recurring_interval_count} {every}s"
    pauses = one.current_period_end_at if one.pause_at_period_end else None
    return (
        one.status.replace("_", " "),
        one.product.name,
        _number(one.seats),
        _number(one.units),
        str(one.discount or ""),
        f"{format_amount(one.amount, one.currency)} every {every}",
        _day(one.current_period_start_at, at),
        _day(one.current_period_end_at, at),
        str(one.anchor_day),
        _day(one.trial_end_at, at),
        _day(one.ends_at, at),
        (one.cancellation_reason or "").replace("_", " "),
        _day(pauses, at),
        _day(one.resumes_at, at),
        _day(one.past_due_at, at),
        _update_text(look.update),
    )


def _update_text(row: PendingUpdate | None) -> str:
    if row is None:
        return ""
    parts = [row.product.name if row.product else ""]
    parts += [f"{row.seats} seats" if row.seats is not None else ""]
    parts += [f"{row.units} units" if row.units is not None else ""]
    if row.changes_discount:
        parts.append(f"discount {row.discount}" if row.discount else "no discount")
    return ", ".join(part for part in parts if part)


def _charge_text(charge: ChargePreview) -> str:
    if not charge.lines:
        return _NONE
    return f"{format_amount(charge.charged_amount, charge.currency)} on {charge.at:%Y-%m-%d}"


def _money(followed: Followed) -> Iterator[Money]:
    """The lines of every order made now, then those of the next one where it is another."""
    is_moment = followed.is_drifting
    for order in _new_orders(followed):
        for item in listed_items(order):
            yield Money(item.label, item.amount, order.currency, is_moment)
        for label, amount in (
            ("Discount", -order.discount_amount),
            ("Tax", order.tax_amount if order.tax_behavior != "inclusive" else 0),
            ("Wallet", order.applied_balance_amount),
        ):
            if amount:
                yield Money(label, amount, order.currency, is_moment)
        if order.pk in followed.charged:
            yield Money("Charged now", order.due_amount, order.currency, is_moment)
        elif order.total_amount < 0:
            yield Money("Kept as credit", -order.total_amount, order.currency, is_moment)
        elif order.due_amount:
            yield Money("Left to the next order", order.due_amount, order.currency, is_moment)
    before, after = followed.before.next_charge, followed.after.next_charge
    is_another = before.charged_amount != after.charged_amount or (
        followed.is_drifting and before.lines != after.lines
    )
    if is_another and after.lines:
        on = f"On {after.at:%Y-%m-%d}"
        for line in after.lines:
            yield Money(f"{on}: {line.label}", line.amount, after.currency, is_moment)
        for label, amount in (
            ("discount", -after.discount_amount),
            ("tax", after.total_amount - after.subtotal_amount + after.discount_amount),
            ("customer balance", after.applied_balance_amount),
        ):
            if amount:
                yield Money(f"{on}: {label}", amount, after.currency, is_moment)
        yield Money(f"{on}: charged", after.charged_amount, after.currency, is_moment)


def _effects(followed: Followed) -> Iterator[str]:
    for method in followed.charged.values():
        if not method:
            yield "There is no payment method to charge: the subscription becomes past due."
        elif followed.is_paid_first:
            yield f"{method} is charged first. If that fails, nothing changes."
        else:
            yield f"{method} is charged right after. If that fails, it becomes past due."
    if any(row.due_amount for row in _new_orders(followed)):
        yield "The sale is booked when the processor has settled it."
    for letter in _letters(followed, "suppressed"):
        yield f"“{letter.subject}” is not sent: the merchant has switched such mails off."


def _new_orders(followed: Followed) -> list[Order]:
    rows = Order.objects.filter(
        subscription_id=followed.after.subscription.pk, pk__gt=followed.mark
    )
    return list(rows.order_by("pk"))


def _letters(followed: Followed, status: str) -> list[Letter]:
    rows = Letter.objects.filter(
        pk__gt=followed.mark,
        customer_id=followed.after.subscription.customer_id,
        status=status,
    )
    return list(rows.order_by("pk"))


def _transfers(followed: Followed) -> Iterator[Transfer]:
    """What was booked with the orders and on the customer's balance."""
    moved = WalletMovement.objects.filter(
        pk__gt=followed.mark, wallet__customer_id=followed.after.subscription.customer_id
    )
    references = [movement.entry_reference for movement in moved]
    orders = [order.pk for order in _new_orders(followed)]
    rows = Booking.objects.filter(
        Q(entry__reference__in=references) | Q(entry__order_id__in=orders)
    )
    for row in rows.select_related("debit_account", "credit_account").order_by("pk"):
        yield Transfer(
            row.debit_account.kind.replace("_", " "),
            row.credit_account.kind.replace("_", " "),
            row.amount,
            row.currency,
            followed.is_drifting,
        )


def _webhooks(events: list[Event]) -> list[str]:
    """The names under which merchants hear of it, each once."""
    names: dict[str, None] = {}
    for event in events:
        told = merchant_events(event.type, event.payload) or _ORDER_EVENTS.get(event.type, ())
        names.update(dict.fromkeys(told))
    return list(names)


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _day(value: datetime | None, at: datetime) -> str:
    if value is None:
        return ""
    return "now" if value == at else f"{value:%Y-%m-%d}"
