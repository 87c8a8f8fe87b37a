"""Benefits for the customer who has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import page_body, page_of, sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.benefits.api.bodies import AnyPortalGrant, DownloadableBody
from apps.benefits.api.portal_presenters import (
    present_downloadable,
    present_portal_grant,
    with_accounts,
)
from apps.benefits.api.serializers import GrantUpdateInput
from apps.benefits.models import BenefitGrant
from apps.benefits.operations.connecting import TYPES, choose_account
from apps.benefits.operations.downloading import begin_download
from apps.benefits.selectors import downloadables_for, grants_for
from apps.benefits.sources import from_checkouts
from apps.core.errors import ValidationFailed
from apps.core.origin import Door, system_origin
from apps.core.replica import prefer_replica
from apps.customers.api.portal import READ, WRITE, PortalView
from apps.files.views import send_content

SORTING = {
    "granted_at": "granted_at",
    "type": "benefit__type",
    "organization": "organization__name",
    "product_benefit": "benefit__description",
}


class PortalGrantsView(PortalView):
    """What a customer has."""

    scopes = {"GET": READ}

    @documented(
        "List benefit grants",
        operation_id="customer_portal:benefit-grants:list",
        answer=AnyPortalGrant,
        is_list=True,
        sorting=SORTING,
        query=(
            "query",
            "type",
            "benefit_id",
            "checkout_id",
            "order_id",
            "subscription_id",
            "member_id",
        ),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        query = self.query
        rows = among(
            grants_for(self.customer, self.member),
            **query.ids("benefit_id", "order_id", "subscription_id", "member_id"),
        )
        if types := request.GET.getlist("type"):
            rows = rows.filter(benefit__type__in=types)
        if (checkouts := query.uuids("checkout_id")) is not None:
            rows = rows.filter(from_checkouts(checkouts))
        if text := query.text("query"):
            rows = rows.filter(benefit__description__icontains=text)
        ordered = rows.order_by(*sorting(request, SORTING, ["product_benefit", "-granted_at"]))
        return _page(ordered, request, self._shown)

    def _shown(self, rows: Sequence[BenefitGrant]) -> list[Any]:
        return [present_portal_grant(row) for row in with_accounts(rows)]


class PortalGrantView(PortalView):
    """One of them."""

    scopes = {"GET": READ, "PATCH": WRITE}

    @documented(
        "Get a benefit grant",
        operation_id="customer_portal:benefit-grants:get",
        answer=AnyPortalGrant,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The grant."""
        return self._shown(self._grant())

    @documented(
        "Update a benefit grant",
        operation_id="customer_portal:benefit-grants:update",
        body=GrantUpdateInput,
        answer=AnyPortalGrant,
        errors=(403, 404),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The grant, to go to the linked account that was chosen."""
        grant = self._grant()
        values = self.read(GrantUpdateInput)
        if values["benefit_type"] != grant.benefit.type:
            raise ValidationFailed.at(
                "body",
                "benefit_type",
                msg=f"This benefit is of type {grant.benefit.type}.",
                value=values["benefit_type"],
            )
        account_id = values.get("properties", {}).get("account_id")
        if account_id is not None and grant.benefit.type in TYPES.values():
            choose_account(grant_id=grant.pk, account_id=str(account_id), origin=self.origin())
        return self._shown(self._grant())

    def _grant(self) -> BenefitGrant:
        return grants_for(self.customer, self.member).get_or_refuse(pk=self.id_from())

    def _shown(self, grant: BenefitGrant) -> Any:
        return present_portal_grant(with_accounts([grant])[0])


class PortalDownloadablesView(PortalView):
    """What a customer may download."""

    scopes = {"GET": READ}

    @documented(
        "List downloadables",
        operation_id="customer_portal:downloadables:list",
        answer=DownloadableBody,
        is_list=True,
        query=("benefit_id",),
    )
    def get(self, request: Request) -> Any:
        """One page, the latest first."""
        rows = among(downloadables_for(self.customer, self.member), **self.query.ids("benefit_id"))
        ordered = rows.order_by("-created_at", "-id")
        return _page(ordered, request, lambda found: [present_downloadable(row) for row in found])


class DownloadView(ApiView):
    """The content of a file, by a signed address."""

    is_public = True

    @documented(
        "Download a file",
        operation_id="customer_portal:downloadables:get",
        errors=(404, 410),
    )
    def get(self, request: Request, token: str) -> HttpResponseBase:
        """The content, or the way to it."""
        return send_content(begin_download(token=token, origin=system_origin(Door.API)))


def _page(rows: Any, request: Request, present_all: Any) -> Any:
    prefer_replica()
    page, limit = page_of(request)
    start = (page - 1) * limit
    found = list(rows[start : start + limit])
    is_last = len(found) < limit and (found or page == 1)
    total = start + len(found) if is_last else rows.order_by().count()
    return page_body(present_all(found), total, limit)
