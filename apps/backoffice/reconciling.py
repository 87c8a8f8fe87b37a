"""The page on which the books and the processor are compared."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.backoffice.views import page
from apps.core.clock import system_time
from apps.core.staff import roles
from apps.reconciliation.selectors.board import reconciliation_board


def reconciliation(request: HttpRequest) -> HttpResponse:
    """What agrees, what does not and since when, fees that wait, and the last runs."""
    may_run = roles.reaches(request.user, roles.FINANCE)
    context = {
        "title": "Reconciliation",
        "board": reconciliation_board(system_time(), user_id=request.user.pk),
        "run_url": reverse("admin:reconciliation_run_run_now") if may_run else "",
    }
    return page(request, "reconciliation/board.html", "board", context)
