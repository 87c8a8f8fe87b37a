"""Filters of the list of subscriptions: what support is asked about, by each merchant's clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.http import HttpRequest

from apps.catalog.models import Product
from apps.core.clock import system_time
from apps.core.staff.records import as_uuid
from apps.organizations.models import Organization
from apps.subscriptions.models import Subscription
from apps.subscriptions.states import BILLABLE

CHOICES_SHOWN: Final = 50
_Status = Subscription.Status


def by_clock(at: datetime) -> Any:
    """The machine's time `at`, as it is by the clock of each row's organization."""
    return ExpressionWrapper(
        Value(at, output_field=DateTimeField()) + F("organization__clock_offset"),
        output_field=DateTimeField(),
    )


def _renewing(at: datetime, span: timedelta) -> Q:
    return Q(
        status__in=BILLABLE,
        cancel_at_period_end=False,
        pause_at_period_end=False,
        current_period_end_at__lte=by_clock(at + span),
    )


def _due(at: datetime, wait: timedelta) -> Q:
    return Q(status__in=BILLABLE, current_period_end_at__lte=by_clock(at - wait))


_SITUATIONS: Final[dict[str, tuple[str, Callable[[datetime], Q]]]] = {
    "past_due_7d": (
        "past due for over 7 days",
        lambda at: Q(status=_Status.PAST_DUE, past_due_at__lt=by_clock(at - timedelta(days=7))),
    ),
    "renews_48h": ("renews within 48 h", lambda at: _renewing(at, timedelta(hours=48))),
    "renews_7d": ("renews within 7 days", lambda at: _renewing(at, timedelta(days=7))),
    "trial_ends_3d": (
        "trial ends within 3 days",
        lambda at: Q(status=_Status.TRIALING, trial_end_at__lte=by_clock(at + timedelta(days=3))),
    ),
    "cancelling": (
        "ends with its period",
        lambda at: Q(status__in=BILLABLE, cancel_at_period_end=True),
    ),
    "pausing": ("pauses with its period", lambda at: Q(pause_at_period_end=True)),
    "resuming": (
        "resumes by itself",
        lambda at: Q(status=_Status.PAUSED, resumes_at__isnull=False),
    ),
    "changing": (
        "changes with its period",
        lambda at: Q(
            pending_updates__timing="period",
            pending_updates__applied_at=None,
            pending_updates__discarded_at=None,
        ),
    ),
    "due": ("due now", lambda at: _due(at, timedelta())),
    "late": ("late", lambda at: _due(at, timedelta(minutes=10))),
    "stuck": ("taken up, worker gone", lambda at: Q(claimed_until__lte=at)),
}


class Situation(admin.SimpleListFilter):
    """What support looks for."""

    title = "situation"
    parameter_name = "situation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The situations."""
        return [(name, text) for name, (text, _) in _SITUATIONS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those in the situation chosen."""
        found = _SITUATIONS.get(self.value() or "")
        return queryset.filter(found[1](system_time())) if found else queryset


class Merchant(admin.SimpleListFilter):
    """The organizations that have subscriptions."""

    title = "organization"
    parameter_name = "merchant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """By name, as many as a menu can hold."""
        rows = Organization.objects.filter(
            Exists(Subscription.objects.filter(organization_id=OuterRef("pk")))
        )
        found = rows.order_by("name", "pk").values_list("pk", "name")[:CHOICES_SHOWN]
        return [(str(key), name) for key, name in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the organization chosen."""
        chosen = self.value()
        known = {key for key, _ in self.lookup_choices}
        return queryset.filter(organization_id=chosen) if chosen in known else queryset


class Plan(admin.SimpleListFilter):
    """The recurring products, of the organization chosen if one is."""

    title = "product"
    parameter_name = "plan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """By name, as many as a menu can hold; the merchant with it where there are several."""
        rows = Product.objects.filter(
            Exists(Subscription.objects.filter(product_id=OuterRef("pk")))
        ).select_related("organization")
        merchant = as_uuid(request.GET.get("merchant", ""))
        if merchant is not None:
            rows = rows.filter(organization_id=merchant)
        found = list(rows.order_by("name", "pk")[:CHOICES_SHOWN])
        is_mixed = len({row.organization_id for row in found}) > 1
        return [
            (str(row.pk), f"{row.name} ({row.organization})" if is_mixed else row.name)
            for row in found
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the product chosen."""
        chosen = self.value()
        known = {key for key, _ in self.lookup_choices}
        return queryset.filter(product_id=chosen) if chosen in known else queryset
