"""The row locks of subscriptions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection

from apps.core.errors import ResourceNotFound
from apps.core.prepared import ID_MARK, Prepared
from apps.orders.models import Order
from apps.organizations.models import Organization
from apps.subscriptions.errors import SubscriptionLocked
from apps.subscriptions.models import PendingUpdate, Subscription

_locked = Prepared(
    lambda value: (
        Subscription.objects.select_related("organization", "customer", "product", "discount")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=value)
    ),
    mark=ID_MARK,
)


def lock_subscription(subscription_id: UUID) -> Subscription:
    """
    The subscription, locked until the end of the transaction; waits for whoever holds it.

    :raises ResourceNotFound: if there is none.
    """
    found = _locked.first(subscription_id)
    if found is None:
        raise ResourceNotFound
    return found


def lock_subscriptions_of_customer(customer_id: UUID) -> list[Subscription]:
    """All subscriptions of a customer that have not ended, locked, in the order of their ids."""
    rows = Subscription.objects.select_related("organization", "customer", "product")
    living = rows.filter(customer_id=customer_id, ended_at=None)
    return list(living.select_for_update(of=("self",), no_key=True).order_by("id"))


def lock_for_change(subscription_id: UUID) -> Subscription:
    """
    As `lock_subscription`, for a verb that must not cross a change that is being paid for.

    :raises SubscriptionLocked: while the outcome of such a payment is open.
    """
    subscription = lock_subscription(subscription_id)
    open_payments = PendingUpdate.objects.filter(
        subscription=subscription,
        timing=PendingUpdate.Timing.PAYMENT,
        applied_at=None,
        discarded_at=None,
    )
    if open_payments.exists():
        raise SubscriptionLocked
    return subscription


def lock_due_order(order_id: UUID, *, at: datetime) -> Order | None:
    """
    An order whose next try is due and that nobody charges, locked; waits for nobody.

    None where somebody has it, or it is due no more.
    """
    rows = Order.objects.select_related("organization", "customer", "product").filter(
        pk=order_id,
        status=Order.Status.PENDING,
        next_payment_attempt_at__lte=at,
        payment_lock_acquired_at=None,
    )
    return rows.select_for_update(of=("self",), skip_locked=True).first()


def free_due_subscriptions(at: datetime, *, limit: int) -> list[UUID]:
    """
    Subscriptions whose period is over and that no scheduler has taken, locked; waits for nobody.

    `at` is the machine's time, to which each organization's test clock is added; one that may not
    renew is left out. They come in turns, the most overdue one of every organization first: many
    of one merchant do not keep another's one waiting.
    """
    subscriptions, organizations = Subscription._meta.db_table, Organization._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS MATERIALIZED (
                SELECT turns.id, turns.turn
                FROM "{organizations}" AS organization
                CROSS JOIN LATERAL (
                    SELECT late.id, row_number() OVER (ORDER BY late.end_at, late.id) AS turn
                    FROM (
                        SELECT id, current_period_end_at AS end_at
                        FROM "{subscriptions}"
                        WHERE organization_id = organization.id
                          AND status IN ('trialing', 'active', 'past_due')
                          AND current_period_end_at <= %(at)s + organization.clock_offset
                          AND (claimed_until IS NULL OR claimed_until <= %(at)s)
                        ORDER BY current_period_end_at
                        LIMIT %(limit)s
                    ) AS late
                ) AS turns
                WHERE organization.deleted_at IS NULL
                  AND organization.capabilities @> '{{"subscription_renewals": true}}'
                ORDER BY turns.turn, turns.id
                LIMIT %(limit)s
            )
            SELECT subscription.id
            FROM "{subscriptions}" AS subscription
            JOIN due ON due.id = subscription.id
            WHERE subscription.claimed_until IS NULL OR subscription.claimed_until <= %(at)s
            ORDER BY due.turn, due.id
            FOR NO KEY UPDATE OF subscription SKIP LOCKED
            """,  # noqa: S608 -- names of our own
            {"at": at, "limit": limit},
        )
        return [row[0] for row in cursor.fetchall()]


def lock_trial_names(organization_id: UUID, digests: Collection[str]) -> None:
    """
    Keep others from asking about the same mailbox or card until the transaction ends.

    Always in one order, so that two who share both names do not wait for each other.
    """
    with connection.cursor() as cursor:
        for digest in sorted(digests):
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"trial:{organization_id}:{digest}"],
            )
