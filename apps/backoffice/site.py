"""The staff site: Unfold's, with the pages that are not one record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import patch_vary_headers
from unfold.sites import UnfoldAdminSite

from apps.core.htmx import is_partial


class BackofficeSite(UnfoldAdminSite):  # type: ignore[misc]
    """Open to active users with a staff role."""

    index_title = "Dashboard"
    site_title = "Comptroller"
    site_header = "Comptroller"

    def extra_urls(self) -> list[URLPattern]:
        """Search, the periodic jobs, unpaid renewals, the scheduler, and where the money is."""
        from apps.backoffice import (
            access,
            boards,
            impersonating,
            money,
            reconciling,
            reviewing,
            saved,
            views,
        )

        return [
            *access.addresses(self),
            path("saved/<slug:listing>/", self.admin_view(saved.save), name="save_filter"),
            path(
                "saved/<slug:listing>/<uuid:filter_id>/forget/",
                self.admin_view(saved.forget),
                name="forget_filter",
            ),
            path("as-merchant/", self.admin_view(impersonating.overview), name="as_merchant"),
            path(
                "as-merchant/<slug:section>/",
                self.admin_view(impersonating.listing),
                name="as_merchant_list",
            ),
            path(
                "as-merchant/<slug:section>/<uuid:key>/",
                self.admin_view(impersonating.single),
                name="as_merchant_object",
            ),
            path("find/", self.admin_view(views.find), name="find"),
            path("money/", self.admin_view(money.merchants), name="money"),
            path(
                "money/<uuid:organization_id>/",
                self.admin_view(money.merchant),
                name="money_of",
            ),
            path("reviews/", self.admin_view(reviewing.reviews), name="reviews"),
            path("dunning/", self.admin_view(boards.dunning), name="dunning"),
            path("ledger/invariants/", self.admin_view(boards.invariants), name="invariants"),
            path("operations/health/", self.admin_view(boards.health), name="health"),
            path("operations/renewals/", self.admin_view(boards.scheduler), name="scheduler"),
            path(
                "operations/reconciliation/",
                self.admin_view(reconciling.reconciliation),
                name="reconciliation",
            ),
            path(
                "operations/periodic-jobs/",
                self.admin_view(views.periodic_jobs),
                name="periodic_jobs",
            ),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page needs, and whose eyes it is seen with."""
        from apps.backoffice.impersonating import banner_of

        context: dict[str, Any] = super().each_context(request)
        return {**context, "impersonation_banner": banner_of(request)}

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """E-mail and password, and for whoever has one a second factor."""
        from apps.backoffice.access import sign_in

        return sign_in(self, request, extra_context or {})

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Staff change their own password; that too is an event."""
        from unfold.forms import AdminOwnPasswordChangeForm

        from apps.backoffice.views import OwnPasswordView

        request.current_app = self.name
        view = OwnPasswordView.as_view(
            form_class=AdminOwnPasswordChangeForm,
            success_url=reverse(f"{self.name}:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The dashboard; for HTMX its board alone."""
        response: TemplateResponse = super().index(request, extra_context)
        if is_partial(request):
            response.template_name = "admin/index.html#board"
        patch_vary_headers(response, ["HX-Request"])
        return response
