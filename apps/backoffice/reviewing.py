"""Who waits to be reviewed, and what a reviewer sees of one merchant."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.backoffice.selectors.review import review_sheet, waiting_reviews
from apps.backoffice.views import page
from apps.core.staff import roles
from apps.core.staff.panels import Panel, panel
from apps.organizations.admin import OrganizationAdmin
from apps.organizations.models import Organization

# Nothing waits for a decision there.
SETTLED: Final = ("active", "offboarded", "blocked")
VERBS: Final = (
    ("approve", "Approve", roles.FINANCE),
    ("pass_submission", "Pass first review", roles.FINANCE),
    ("grant_appeal", "Grant appeal", roles.FINANCE),
    ("reject_appeal", "Reject appeal", roles.FINANCE),
    ("snooze", "Snooze", roles.SUPPORT),
    ("unsnooze", "End snooze", roles.SUPPORT),
    ("deny", "Deny", roles.FINANCE),
)


def reviews(request: HttpRequest) -> HttpResponse:
    """The queue by priority, each number explained; `first` narrows to first reviews."""
    is_first = "first" in request.GET
    rows = waiting_reviews()
    shown = [one for one in rows if not is_first or one.organization.status == "created"]
    context = {
        "title": "Reviews",
        "rows": shown,
        "is_first": is_first,
        "count": len(rows),
        "first_count": sum(1 for one in rows if one.organization.status == "created"),
    }
    return page(request, "backoffice/reviews.html", "queue", context)


def register() -> None:
    """Show a reviewer everything on the organization's page; called once at start."""
    panel("organizations.organization", position=5)(review_of_organization)


def review_of_organization(organization: Any, request: HttpRequest) -> Panel | None:
    """All that a decision about the merchant needs, above everything else on its page."""
    if organization.deleted_at is not None:
        return None
    if organization.status in SETTLED and "review" not in request.GET:
        # The facts cost some twenty queries: gathered where somebody decides, or asks for them.
        return Panel(title="Review", empty=f"It is {organization.status}.", more="?review#review")
    return Panel(
        title="Review",
        template="backoffice/review.html",
        body=review_sheet(organization),
        verbs=_verbs(organization, request),
    )


def _verbs(organization: Organization, request: HttpRequest) -> list[tuple[str, str]]:
    """What can be decided now, within reach while the facts are read."""
    return [
        (title, reverse(f"admin:organizations_organization_{name}", args=[organization.pk]))
        for name, title, role in VERBS
        if roles.reaches(request.user, role)
        and getattr(OrganizationAdmin, name).available(organization)
    ]
