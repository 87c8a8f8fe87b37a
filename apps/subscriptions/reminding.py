"""
Reminders: whose renewal, trial's end or card's end is near, and the mail about it.

A reminder is due from its moment until what it warns of; the mail's key names both, so that it
goes out once however often it is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.core.origin import Origin
from apps.core.timers import Due, Timer, register_timer
from apps.notifications.models import Mail
from apps.organizations.clocks import Clock
from apps.subscriptions.mails import write
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.announcing import facts_of
from apps.subscriptions.operations.previewing import preview_charge
from apps.subscriptions.reminders import (
    RENEWAL_LEAD,
    is_reminder_due,
    renewal_reminder_at,
    trial_reminder_at,
)
from apps.subscriptions.states import BILLABLE

RENEWAL: Final = "subscription_renewal_reminder"
TRIAL: Final = "subscription_trial_conversion_reminder"
CARD: Final = "payment_method_expiration_reminder"
TRIAL_LEAD: Final = timedelta(days=3)
CARD_LEAD: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A mail of `kind` about `event_at`, from `due_at` on."""

    kind: str
    subscription: Subscription
    due_at: datetime
    event_at: datetime

    @property
    def key(self) -> str:
        """Names the occasion: what is reminded of, and when it is."""
        subject = self.subscription.payment_method_id if self.kind == CARD else self.subscription.pk
        return f"{subject}:{self.event_at:%Y-%m-%d}"


def register() -> None:
    """Have the time machine live through reminders too; called once at start."""
    register_timer(Timer(name="reminders", due=reminders_due_until, run=remind_subscriber, rank=20))


def due_reminders(clock: Clock) -> list[Reminder]:
    """The reminders that are due by a clock and not written yet, the earliest first."""
    found = [
        reminder
        for reminder in _near(clock)
        if is_reminder_due(reminder.due_at, event_at=reminder.event_at, at=clock.at)
    ]
    keys = {reminder: f"{reminder.kind}:{reminder.key}" for reminder in found}
    written = set(
        Mail.objects.filter(dedupe_key__in=keys.values()).values_list("dedupe_key", flat=True)
    )
    return sorted(
        (reminder for reminder in found if keys[reminder] not in written),
        key=lambda reminder: reminder.due_at,
    )


def reminders_due_until(organization_id: UUID, until: datetime) -> Iterable[Due]:
    """The subscriptions with a reminder due up to `until`, for the time machine."""
    for reminder in due_reminders(Clock(until, organization_id)):
        subscription = reminder.subscription
        yield Due(reminder.due_at, subscription.pk, subscription.customer_id)


def remind_subscriber(subscription_id: UUID, origin: Origin) -> int:
    """Write the reminders of one subscription that are due as of `origin.at`; how many."""
    rows = _rows(Clock(origin.at)).filter(pk=subscription_id)
    due = [
        reminder
        for subscription in rows
        for reminder in reminders_of(subscription)
        if is_reminder_due(reminder.due_at, event_at=reminder.event_at, at=origin.at)
    ]
    for reminder in due:
        _write(reminder, origin)
    return len(due)


def _near(clock: Clock) -> Iterator[Reminder]:
    at = clock.at
    near = Q(current_period_end_at__gt=at, current_period_end_at__lte=at + RENEWAL_LEAD) | Q(
        status="trialing", trial_end_at__gt=at, trial_end_at__lte=at + TRIAL_LEAD
    )
    first = at.date().replace(day=1)
    for month in (first, (first + timedelta(days=32)).replace(day=1)):
        near |= Q(
            payment_method__method_metadata__exp_year=month.year,
            payment_method__method_metadata__exp_month=month.month,
        )
    rows = _rows(clock).filter(near)
    if clock.organization_id is not None:
        rows = rows.filter(organization_id=clock.organization_id)
    else:
        rows = rows.filter(organization__clock_offset=timedelta())
    for subscription in rows.iterator(chunk_size=500):
        yield from reminders_of(subscription)


def _rows(clock: Clock) -> QuerySet[Subscription]:
    rows = Subscription.objects.filter(status__in=BILLABLE, cancel_at_period_end=False)
    return rows.select_related("organization", "customer", "product", "payment_method")


def reminders_of(subscription: Subscription) -> Iterator[Reminder]:
    """What a subscriber is reminded of, due or not; past ones too. Of no charge before a pause."""
    end = subscription.current_period_end_at
    if subscription.pause_at_period_end:
        pass
    elif subscription.status == Subscription.Status.TRIALING:
        start, trial_end = subscription.trial_start_at, subscription.trial_end_at
        if start is not None and trial_end is not None:
            due_at = trial_reminder_at(trial_start_at=start, trial_end_at=trial_end)
            if due_at is not None:
                yield Reminder(TRIAL, subscription, due_at, trial_end)
    elif _will_cost(subscription):
        due_at = renewal_reminder_at(
            interval=subscription.recurring_interval,
            count=subscription.recurring_interval_count,
            period_end_at=end,
        )
        if due_at is not None:
            yield Reminder(RENEWAL, subscription, due_at, end)
    card_end = _card_end(subscription)
    if card_end is not None:
        yield Reminder(CARD, subscription, card_end - CARD_LEAD, card_end)


def _will_cost(subscription: Subscription) -> bool:
    """Whether the next period costs something: what is for nothing now may be no more by then."""
    if subscription.amount > 0:
        return True
    return bool(preview_charge(subscription=subscription).total_amount)


def _card_end(subscription: Subscription) -> datetime | None:
    """The first moment at which the card of a subscription is no longer good."""
    method = subscription.payment_method
    facts: dict[str, Any] = method.method_metadata if method is not None else {}
    year, month = facts.get("exp_year"), facts.get("exp_month")
    if not isinstance(year, int) or not isinstance(month, int) or not 1 <= month <= 12:
        return None
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _write(reminder: Reminder, origin: Origin) -> None:
    subscription = reminder.subscription
    facts = {**facts_of(subscription), "event_at": reminder.event_at.isoformat()}
    if reminder.kind == CARD and subscription.payment_method is not None:
        card = subscription.payment_method.method_metadata
        facts |= {"card_brand": str(card.get("brand") or ""), "card_last4": card.get("last4")}
    else:
        # What will really be charged: discounts may be over by then, changes wait, tax is added.
        facts["amount"] = preview_charge(subscription=subscription).due_amount
    write(reminder.kind, subscription, key=reminder.key, facts=facts, origin=origin)
