"""The first page: the day's figures, what failed, and the health of the machinery."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from apps.backoffice.selectors.figures import (
    figures_of_day,
    latest_failures,
    latest_orders,
    subscription_figures,
)
from apps.backoffice.selectors.health import Check, health_checks
from apps.backoffice.shell import may_view_records
from apps.core.clock import system_time
from apps.core.staff.panels import listing, table
from apps.orders import admin as orders
from apps.payments import admin as payments

LATEST = 8
# Pages that are no list of records, and open to all staff.
OWN_PAGES = ("invariants", "periodic_jobs", "scheduler")


def dashboard_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's context with ours."""
    at = system_time()
    context["health"] = health_board(request, at)
    context["figures"] = figures_of_day(at)
    context["subscribed"] = subscription_figures(at)
    context["day"] = at
    context["latest_orders"] = table(
        "Latest orders",
        latest_orders(),
        orders.BRIEF,
        more=listing("orders", "order"),
        empty="No orders yet. The first sale will show up here.",
        limit=LATEST,
    )
    context["latest_failures"] = table(
        "Latest failed payments",
        latest_failures(),
        payments.FAILURE,
        more=listing("payments", "payment", status__exact="failed"),
        empty="No failed payments.",
        limit=LATEST,
    )
    return context


def health_board(request: HttpRequest, at: datetime) -> list[tuple[Check, str]]:
    """Every line of the health list with the address where staff look into it."""
    return [(check, _address(request, check)) for check in health_checks(at)]


def _address(request: HttpRequest, check: Check) -> str:
    """Where the check can be looked into, if the user may."""
    if not check.page:
        return ""
    is_own_page = check.page in OWN_PAGES
    if not is_own_page and not may_view_records(request, check.page):
        return ""
    suffix = "" if is_own_page else "_changelist"
    address = reverse(f"admin:{check.page}{suffix}")
    return f"{address}?{check.query}" if check.query else address
