"""Reads of subscriptions across tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from apps.core.prepared import ID_MARK, Prepared
from apps.events.models import Event
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.payments.models import ChargeAttempt
from apps.subscriptions.models import BillingEntry, PendingUpdate, Subscription, SubscriptionPrice
from apps.subscriptions.states import BILLABLE

# Asked with every renewal.
_prices = Prepared(
    lambda value: (
        SubscriptionPrice.objects.select_related("price")
        .filter(subscription=value)
        .order_by("position", "id")
    ),
    mark=ID_MARK,
)
_waiting = Prepared(
    lambda value: PendingUpdate.objects.filter(
        subscription=value, applied_at=None, discarded_at=None
    ),
    mark=ID_MARK,
)

_entries = Prepared(
    lambda value: (
        BillingEntry.objects.select_related("price", "product")
        .filter(subscription=value, order_item=None)
        .order_by("id")
    ),
    mark=ID_MARK,
)
_with_method = Prepared(
    lambda value: Subscription.objects.select_related("payment_method").filter(pk=value),
    mark=ID_MARK,
)


def prices_of(subscription: Subscription) -> list[SubscriptionPrice]:
    """The prices as the subscriber has them, in their order, each with its `price`."""
    return _prices.rows(subscription.pk)


def pending_entries(
    subscription: Subscription, *, until: datetime | None = None
) -> QuerySet[BillingEntry]:
    """What waits to be billed, the oldest first; `until` leaves out what begins later."""
    rows = BillingEntry.objects.select_related("price", "product")
    rows = rows.filter(subscription=subscription, order_item=None)
    if until is not None:
        rows = rows.filter(start_at__lte=until)
    return rows.order_by("id")


def entries_begun(subscription: Subscription, *, by: datetime) -> list[BillingEntry]:
    """What waits to be billed and begins by then, the oldest first."""
    return [entry for entry in _entries.rows(subscription.pk) if entry.start_at <= by]


def static_entries(subscription: Subscription) -> QuerySet[BillingEntry]:
    """What waits to be billed but usage: that is billed when its period ends."""
    return pending_entries(subscription).exclude(type=BillingEntry.Type.METERED)


def open_update(subscription: Subscription, timing: str) -> PendingUpdate | None:
    """The change that waits for the next period, or for its payment."""
    rows = PendingUpdate.objects.filter(subscription=subscription, timing=timing)
    return rows.filter(applied_at=None, discarded_at=None).first()


def open_updates(subscription: Subscription) -> dict[str, PendingUpdate]:
    """All changes that wait, by what they wait for. One query."""
    return {row.timing: row for row in _waiting.rows(subscription.pk)}


def billable_subscriptions_of(
    organization: Organization, *, customer_id: UUID | None = None, email: str | None = None
) -> QuerySet[Subscription]:
    """What a customer has with an organization, found by id or by e-mail in any case."""
    who = Q()
    if customer_id is not None:
        who |= Q(customer_id=customer_id)
    if email:
        who |= Q(_email=email.lower())
    if not who:
        return Subscription.objects.none()
    rows = Subscription.objects.for_organization(organization).filter(status__in=BILLABLE)
    return rows.alias(_email=Lower("customer__email")).filter(who)


def billable_subscriptions() -> QuerySet[Subscription]:
    """Every subscription that renews: active, on trial or past due."""
    return Subscription.objects.filter(status__in=BILLABLE)


def is_being_paid() -> Exists:
    """Finds a change of a subscription row that waits for its payment."""
    return Exists(
        PendingUpdate.objects.filter(
            subscription=OuterRef("pk"),
            timing=PendingUpdate.Timing.PAYMENT,
            applied_at=None,
            discarded_at=None,
        )
    )


def method_to_charge(subscription_id: UUID | None) -> UUID | None:
    """The subscription's own method while it lives; None leaves it to the customer's default."""
    if subscription_id is None:
        return None
    found = _with_method.first(subscription_id)
    method = found.payment_method if found else None
    return method.pk if method is not None and method.deleted_at is None else None


def was_past_due(subscription_id: UUID) -> bool:
    """Whether it is kept since when a subscription is past due; nothing is locked."""
    rows = Subscription.objects.filter(pk=subscription_id, past_due_at__isnull=False)
    return rows.exists()


def has_dunning(subscription_id: UUID) -> bool:
    """Whether an order of the subscription is to be tried again."""
    return dunning_orders().filter(subscription_id=subscription_id).exists()


def has_other_dunning(subscription_id: UUID, order_id: UUID) -> bool:
    """Whether an order of the subscription beside this one is to be tried again."""
    return dunning_orders().filter(subscription_id=subscription_id).exclude(pk=order_id).exists()


def dunning_orders() -> QuerySet[Order]:
    """Orders that were not paid and are to be tried again."""
    return Order.objects.filter(
        status=Order.Status.PENDING,
        subscription_id__isnull=False,
        next_payment_attempt_at__isnull=False,
    )


def due_dunning_orders(*, at: datetime) -> QuerySet[Order]:
    """
    Orders to be tried again by `at`, the soonest first, of organizations that may renew.

    None of which a charge is under way, or its outcome not known.
    """
    open_attempts = ChargeAttempt.objects.filter(
        order=OuterRef("pk"), status=ChargeAttempt.Status.OPEN
    )
    return (
        dunning_orders()
        .filter(
            ~Exists(open_attempts),
            next_payment_attempt_at__lte=at,
            payment_lock_acquired_at=None,
            organization__deleted_at=None,
            organization__capabilities__subscription_renewals=True,
        )
        .order_by("next_payment_attempt_at", "id")
    )


def due_dunning_order_ids(*, at: datetime, limit: int) -> list[UUID]:
    """
    What is due at the machine's time `at`, each by the clock of its organization.

    One query for all whose clock is the machine's, one for each of the few that run ahead.
    """
    rows = due_dunning_orders(at=at).filter(organization__clock_offset=timedelta())
    found = list(rows.values_list("pk", flat=True)[:limit])
    ahead = Organization.objects.filter(clock_offset__gt=timedelta(), deleted_at=None)
    for organization_id, offset in ahead.values_list("pk", "clock_offset"):
        rows = due_dunning_orders(at=at + offset).filter(organization_id=organization_id)
        found += rows.values_list("pk", flat=True)[: max(0, limit - len(found))]
    return found


def recoverable_orders(customer_id: UUID) -> QuerySet[Order]:
    """Pending orders of the customer's past-due subscriptions that are to go on."""
    past_due = Subscription.objects.filter(
        customer_id=customer_id,
        status=Subscription.Status.PAST_DUE,
        cancel_at_period_end=False,
        ended_at=None,
    )
    return Order.objects.filter(
        status=Order.Status.PENDING, subscription_id__in=past_due.values("pk")
    ).order_by("id")


def was_told_since(subscription_id: UUID, event_type: str, at: datetime) -> bool:
    """Whether this was recorded of a subscription at a moment or later."""
    rows = Event.objects.filter(subject_type="subscription", subject_id=str(subscription_id))
    return rows.filter(type=event_type, at__gte=at).exists()
