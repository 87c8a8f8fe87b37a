"""What is to come for a subscription: charges with their lines, tries, changes, ends, reminders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest

from apps.core.money import format_amount
from apps.core.staff.panels import Panel, page_of, panel
from apps.notifications.kinds import KINDS
from apps.payments.declines import SCHEDULED, UNAVAILABLE
from apps.payments.models import ChargeAttempt
from apps.subscriptions.admin import words
from apps.subscriptions.coming import period_event
from apps.subscriptions.dunning import access_until, coming_tries, deadline_at, intervals_of
from apps.subscriptions.models import PendingUpdate, Subscription
from apps.subscriptions.operations.previewing import ChargePreview, preview_charge
from apps.subscriptions.reminding import reminders_of
from apps.subscriptions.selectors import dunning_orders, open_updates
from apps.subscriptions.states import BILLABLE

# A card that expires in years is no news.
REMINDERS_AHEAD: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to come; `at` None where it waits for somebody. `tone` colours its dot."""

    at: datetime | None
    title: str
    notes: tuple[str, ...] = ()
    tone: str = ""
    url: str = ""
    charge: ChargePreview | None = None

    @property
    def is_tax_included(self) -> bool:
        """Whether the tax of the charge is part of its lines."""
        charge = self.charge
        if charge is None:
            return False
        return charge.total_amount == charge.subtotal_amount - charge.discount_amount


@panel("subscriptions.subscription", position=5)
def coming_of_subscription(subscription: Any, request: HttpRequest) -> Panel:
    """What happens next if nobody does anything."""
    now = words.clock_of(subscription)
    return Panel(
        title="What comes",
        template="backoffice/outlook.html",
        body={
            "steps": in_order(outlook(subscription, now), now),
            "now": now,
            "nothing": "Nothing: it has ended." if subscription.ended_at else "Nothing.",
        },
    )


def in_order(steps: Iterable[Step], now: datetime) -> list[Step]:
    """The earliest first, then those without a date."""
    return sorted(steps, key=lambda step: (step.at is None, step.at or now))


def outlook(subscription: Subscription, now: datetime) -> Iterator[Step]:
    """What is to come as of `now`, in no order."""
    if subscription.status == Subscription.Status.CANCELED:
        return
    updates = open_updates(subscription)
    yield from _period_end(subscription, updates.get(PendingUpdate.Timing.PERIOD))
    if PendingUpdate.Timing.PAYMENT in updates:
        row = updates[PendingUpdate.Timing.PAYMENT]
        yield Step(
            None,
            "A change waits for its payment",
            ("Nothing else can be changed until its outcome is known.",),
            tone="warn",
            url=page_of(row.order),
        )
    if subscription.pause_at_period_end and subscription.resumes_at is not None:
        yield Step(subscription.resumes_at, "Resumes, with a new period that is charged")
    if subscription.status == Subscription.Status.PAUSED:
        is_dated = subscription.resumes_at is not None
        yield Step(
            subscription.resumes_at,
            "Resumes, with a new period that is charged" if is_dated else "Stays paused",
            () if is_dated else ("Until somebody resumes it.",),
        )
    yield from dunning_steps(subscription)
    for reminder in reminders_of(subscription) if subscription.status in BILLABLE else ():
        is_near = now < reminder.due_at < now + REMINDERS_AHEAD
        if is_near and not subscription.cancel_at_period_end:
            yield Step(reminder.due_at, f"Mail: {KINDS[reminder.kind].label.lower()}")


def _period_end(subscription: Subscription, update: PendingUpdate | None) -> Iterator[Step]:
    event = period_event(subscription)
    if event is None:
        return
    charge = preview_charge(subscription=subscription)
    notes = [f"Changes to {_update_text(update)}."] if update is not None else []
    if charge.lines and not charge.charged_amount:
        notes.append("Nothing is charged.")
    if charge.balance_after:
        left = format_amount(charge.balance_after, charge.currency)
        notes.append(f"Balance of the customer afterwards: {left}.")
    title = {
        "ends": "Ends",
        "pauses": "Pauses",
        "trial ends": "The trial ends, the first period begins",
        "renews": "Renews",
    }[event.what]
    yield Step(
        event.at,
        title,
        tuple(notes),
        tone="warn" if event.what in ("ends", "pauses") else "good",
        charge=charge if charge.lines else None,
    )


def _update_text(row: PendingUpdate) -> str:
    parts = [row.product.name] if row.product else []
    parts += [f"{row.seats:,} seats"] if row.seats is not None else []
    parts += [f"{row.units:,} units"] if row.units is not None else []
    if row.changes_discount:
        parts.append(f"the discount {row.discount}" if row.discount else "no discount")
    return ", ".join(parts)


def dunning_steps(subscription: Subscription) -> Iterator[Step]:
    """The tries to come of each unpaid order, and what hangs on them."""
    past_due_at = subscription.past_due_at
    if past_due_at is None or subscription.status != Subscription.Status.PAST_DUE:
        return
    settings = subscription.organization.subscription_settings
    intervals = intervals_of(settings)
    for order in _unpaid(subscription):
        tries = coming_tries(
            order.next_payment_attempt_at,
            failure_count=order.failure_count,
            past_due_at=past_due_at,
            intervals=intervals,
        )
        amount = format_amount(order.due_amount, order.currency)
        for number, at in enumerate(tries, start=order.failure_count + 1):
            is_last = at == tries[-1]
            yield Step(
                at,
                f"Try {number}: {amount} of {order}",
                ("If it fails, the subscription ends.",) if is_last else (),
                tone="bad" if is_last else "warn",
                url=page_of(order),
            )
    kept_until = access_until(past_due_at, settings)
    if kept_until > past_due_at:
        yield Step(kept_until, "The customer loses what they bought, until they pay", tone="bad")
    yield Step(
        deadline_at(past_due_at, intervals),
        "Deadline: a failure after it ends the subscription",
        tone="bad",
    )


def _unpaid(subscription: Subscription) -> list[Any]:
    """The orders to be tried again, each with its `failure_count`."""
    counted = Q(
        charge_attempts__status=ChargeAttempt.Status.FAILED,
        charge_attempts__trigger__in=SCHEDULED,
    ) & ~Q(charge_attempts__failure_code=UNAVAILABLE)
    rows: Any = dunning_orders().filter(subscription_id=subscription.pk)
    return list(
        rows.annotate(failure_count=Count("charge_attempts", filter=counted)).order_by(
            "next_payment_attempt_at"
        )
    )
