"""Pages about everything at once: unpaid renewals, the scheduler, health, what must hold."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.backoffice.dashboard import health_board
from apps.backoffice.selectors.dunning import dunning_board, merchants_in_dunning
from apps.backoffice.selectors.invariants import invariant_board
from apps.backoffice.selectors.scheduler import scheduler_health
from apps.backoffice.shell import may_view_records
from apps.backoffice.views import page
from apps.core.clock import system_time
from apps.core.staff import roles
from apps.core.staff.records import as_uuid


def dunning(request: HttpRequest) -> HttpResponse:
    """Unpaid renewals by step; `merchant` narrows to one organization."""
    merchants = merchants_in_dunning()
    asked = as_uuid(request.GET.get("merchant", ""))
    may_retry = roles.reaches(request.user, roles.FINANCE)
    context = {
        "title": "Dunning",
        "board": dunning_board(system_time(), organization_id=asked),
        "merchants": merchants,
        "merchant": next(((key, name) for key, name in merchants if key == asked), None),
        "retry_url": reverse("admin:subscriptions_subscription_retry_orders") if may_retry else "",
    }
    return page(request, "backoffice/dunning.html", "board", context)


def scheduler(request: HttpRequest) -> HttpResponse:
    """What is due, late, taken up, stuck, failed and to come."""
    context = {
        "title": "Renewals",
        "scheduler": scheduler_health(system_time()),
        "may_see_tasks": may_view_records(request, "core_deadtask"),
    }
    return page(request, "backoffice/scheduler.html", "scheduler", context)


def health(request: HttpRequest) -> HttpResponse:
    """What `/healthz` tells, and what else of the machinery can go wrong."""
    context = {"title": "System health", "health": health_board(request, system_time())}
    return page(request, "backoffice/health.html", "health", context)


def invariants(request: HttpRequest) -> HttpResponse:
    """Every check with its last run; `area` and `state` narrow to some of them."""
    may_run = roles.reaches(request.user, roles.SUPPORT)
    context = {
        "title": "Invariants",
        "board": invariant_board(
            area=request.GET.get("area", ""), state=request.GET.get("state", "")
        ),
        "run_url": reverse("admin:invariants_checkrun_run_checks") if may_run else "",
    }
    return page(request, "backoffice/invariants.html", "checks", context)
