"""Organizations over the merchant API."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.errors import ResourceNotFound
from apps.organizations.api.presenters import OrganizationBody, present_organization
from apps.organizations.api.serializers import OrganizationUpdateInput
from apps.organizations.errors import CannotCreateOrganizationError
from apps.organizations.models import Organization
from apps.organizations.operations import update_organization
from apps.organizations.scopes import ALL_SCOPES

READ = ("organizations:read", "organizations:write")
WRITE = ("organizations:write",)

SORTING = {
    "created_at": "created_at",
    "slug": "slug",
    "name": "name",
    "days_in_status": "status_changed_at",
    # Of one organization, so the order by it is the order of one row.
    "next_review_threshold": "created_at",
}


class OrganizationsView(ApiView):
    """The organizations a credential reaches: a token's own."""

    # Whatever a token may do, it is told that it cannot create organizations.
    scopes = {"GET": READ, "POST": ALL_SCOPES}

    @documented(
        "List organizations",
        operation_id="organizations:list",
        answer=OrganizationBody,
        is_list=True,
        sorting=SORTING,
        query=("slug",),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        rows = Organization.objects.filter(pk=self.organization.pk)
        if (slug := self.query.text("slug")) is not None:
            rows = rows.filter(slug=slug)
        rows = rows.order_by(*sorting(request, SORTING, ["created_at"]))
        return paginate(rows, request, present_organization)

    @documented(
        "Create an organization",
        operation_id="organizations:create",
        answer=OrganizationBody,
        status=201,
        errors=(403,),
    )
    def post(self, request: Request) -> Any:
        """Refused: people create organizations, tokens belong to one."""
        raise CannotCreateOrganizationError()


class OrganizationView(ApiView):
    """One organization."""

    scopes = {"GET": READ, "PATCH": WRITE}

    @documented(
        "Get an organization",
        operation_id="organizations:get",
        answer=OrganizationBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The organization."""
        self._require_own()
        return present_organization(self.organization)

    @documented(
        "Update an organization",
        operation_id="organizations:update",
        body=OrganizationUpdateInput,
        answer=OrganizationBody,
        errors=(403, 404, 409),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The organization, changed."""
        self._require_own()
        organization = update_organization(
            organization_id=self.organization.pk,
            changes=self.read(OrganizationUpdateInput),
            origin=self.origin(),
        )
        return present_organization(organization)

    def _require_own(self) -> None:
        if self.id_from() != self.organization.pk:
            raise ResourceNotFound()
