"""A subscription: what it costs, when it goes on, and ending it or not after all."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.core.errors import DomainError, ResourceNotFound
from apps.orders.selectors import orders_of_customer
from apps.portal.shown import day, frame, order_line, subscription_line
from apps.portal.visitors import Visitor, for_payers
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import cancel_subscription
from apps.subscriptions.operations.selfservice import (
    choose_pause,
    drop_own_pause,
    end_own_pause,
    keep_subscription,
    may,
)
from apps.subscriptions.states import BILLABLE


@require_http_methods(["GET", "POST"])
@for_payers
def one(request: HttpRequest, visitor: Visitor, id: UUID) -> HttpResponse:
    """One subscription; a POST does what its button says."""
    row = _subscription(visitor, id)
    if request.method == "GET":
        return _shown(request, visitor, row)
    try:
        _do(request, row, visitor)
    except DomainError as error:
        return _shown(request, visitor, _subscription(visitor, id), error)
    path = reverse("portal:subscription", args=[visitor.organization.slug, row.pk])
    return HttpResponseRedirect(path)


def _do(request: HttpRequest, row: Subscription, visitor: Visitor) -> None:
    origin, verb = visitor.origin(), request.POST.get("do", "")
    if verb == "cancel":
        reason = request.POST.get("reason") or None
        comment = request.POST.get("comment", "").strip()[:1000] or None
        cancel_subscription(subscription_id=row.pk, reason=reason, comment=comment, origin=origin)
    elif verb == "keep":
        keep_subscription(subscription_id=row.pk, origin=origin)
    elif verb == "pause":
        choose_pause(subscription_id=row.pk, resumes_at=None, origin=origin)
    elif verb == "unpause":
        drop_own_pause(subscription_id=row.pk, origin=origin)
    elif verb == "resume":
        end_own_pause(subscription_id=row.pk, origin=origin)
    else:
        raise ResourceNotFound("There is no such button.")


def _shown(
    request: HttpRequest, visitor: Visitor, row: Subscription, error: DomainError | None = None
) -> HttpResponse:
    goes_on = row.status in BILLABLE
    can_pause = may(visitor.organization, "pause")
    orders = orders_of_customer(visitor.customer.pk).filter(subscription_id=row.pk)
    context = {
        **frame(visitor.organization, visitor.member),
        "subscription": row,
        "line": subscription_line(row),
        "since": day(row.started_at),
        "until": day(row.current_period_end_at),
        "reasons": Subscription.CancellationReason.choices,
        "can_cancel": goes_on and not row.cancel_at_period_end,
        "can_keep": goes_on and row.cancel_at_period_end,
        "can_pause": can_pause
        and row.status == Subscription.Status.ACTIVE
        and not row.cancel_at_period_end
        and not row.pause_at_period_end,
        "can_unpause": can_pause and row.pause_at_period_end,
        "can_resume": can_pause and row.status == Subscription.Status.PAUSED,
        "orders": [order_line(order) for order in orders.order_by("-created_at", "-id")[:12]],
        "problem": error.detail if error else "",
    }
    status = error.status if error else 200
    return render(request, "portal/subscription.html", context, status=status)


def _subscription(visitor: Visitor, subscription_id: UUID) -> Subscription:
    rows = Subscription.objects.filter(customer=visitor.customer).select_related("product")
    found = rows.filter(pk=subscription_id).first()
    if found is None:
        raise ResourceNotFound
    return found
