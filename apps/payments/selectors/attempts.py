"""Reads of attempts to charge across tables."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from apps.core.prepared import ID_MARK, Prepared
from apps.core.timers import Due
from apps.orders.models import Order
from apps.payments.declines import SCHEDULED, UNAVAILABLE
from apps.payments.models import ChargeAttempt
from apps.payments.selectors.clocks import organization_time

_attempt = Prepared(lambda value: ChargeAttempt.objects.filter(pk=value), mark=ID_MARK)
_attempts = Prepared(lambda value: ChargeAttempt.objects.filter(order=value), mark=ID_MARK)


def attempt_by_id(attempt_id: UUID) -> ChargeAttempt | None:
    """The attempt of this id."""
    return _attempt.first(attempt_id)


def attempts_of(order_id: UUID) -> list[ChargeAttempt]:
    """All attempts to charge an order."""
    return _attempts.rows(order_id)


def begun_at(organization_id: UUID, attempt_id: UUID | None) -> datetime | None:
    """When an attempt to charge was begun, by its organization's clock; None if there is none."""
    if attempt_id is None:
        return None
    rows = ChargeAttempt.objects.filter(pk=attempt_id, organization_id=organization_id)
    return rows.values_list("created_at", flat=True).first()


def open_attempts_by(organization_id: UUID, until: datetime) -> list[Due]:
    """The open attempts of an organization to be looked after by `until`, the earliest first."""
    rows = ChargeAttempt.objects.filter(
        organization_id=organization_id,
        status=ChargeAttempt.Status.OPEN,
        next_check_at__lte=until,
    )
    found = rows.order_by("next_check_at").values_list("next_check_at", "pk", "order__customer_id")
    return [Due(at, attempt, customer) for at, attempt, customer in found[:500] if at is not None]


def has_open_attempt(order_id: UUID) -> bool:
    """Whether a charge of the order was begun whose outcome is not known."""
    rows = ChargeAttempt.objects.filter(order_id=order_id, status=ChargeAttempt.Status.OPEN)
    return rows.exists()


def was_tried(order_id: UUID, payment_method_id: UUID, *, since: datetime) -> bool:
    """Whether a charge of the order to this method was begun at a moment or later."""
    rows = ChargeAttempt.objects.filter(order_id=order_id, payment_method_id=payment_method_id)
    return rows.filter(created_at__gte=since).exists()


def scheduled_failure_count(order_id: UUID) -> int:
    """How many tries of an order have failed that count as steps of its schedule."""
    rows = ChargeAttempt.objects.filter(
        order_id=order_id, status=ChargeAttempt.Status.FAILED, trigger__in=SCHEDULED
    )
    return rows.exclude(failure_code=UNAVAILABLE).count()


def payment_state(order: Order) -> tuple[str, str | None]:
    """
    How far the payment of an order has come, and why the latest try failed, if it did.

    `succeeded`, `processing` while the outcome of a try is open, `failed`, or `pending`.
    """
    if order.is_paid:
        return "succeeded", None
    attempts = sorted(attempts_of(order.pk), key=lambda one: (one.created_at, one.pk))
    latest = attempts[-1] if attempts else None
    is_open = any(one.status == ChargeAttempt.Status.OPEN for one in attempts)
    if is_open or order.payment_lock_acquired_at is not None:
        return "processing", None
    if latest is not None and latest.status == ChargeAttempt.Status.FAILED:
        return "failed", latest.failure_message or "The payment failed."
    return "pending", None


def due_charge_attempt_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Open attempts that are due to be looked after; `at` is the machine's time."""
    rows = ChargeAttempt.objects.filter(
        status=ChargeAttempt.Status.OPEN, next_check_at__lte=organization_time(at)
    )
    return list(rows.order_by("next_check_at").values_list("pk", flat=True)[:limit])
