"""Grants over the merchant API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.benefits.api.bodies import AnyGrant
from apps.benefits.api.presenters import present_grant
from apps.benefits.api.views import READ
from apps.benefits.models import BenefitGrant
from apps.benefits.selectors import grant_rows, living_benefits

SORTING = {name: name for name in ("created_at", "granted_at", "revoked_at")}


class BenefitGrantsView(ApiView):
    """All grants of an organization."""

    scopes = {"GET": READ}

    @documented(
        "List benefit grants",
        operation_id="benefit_grants:list",
        answer=AnyGrant,
        is_list=True,
        sorting=SORTING,
        query=("organization_id", "customer_id", "external_customer_id", "is_granted"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        return self.page(self._listed, present_grant)

    def _listed(self) -> QuerySet[BenefitGrant]:
        rows = among(
            grant_rows(self.organization), **self.query.ids("organization_id", "customer_id")
        )
        if named := self.request.GET.getlist("external_customer_id"):
            rows = rows.filter(customer__external_id__in=named)
        if (is_granted := self.query.boolean("is_granted")) is not None:
            rows = rows.filter(granted_at__isnull=not is_granted)
        return rows.order_by(*sorting(self.request, SORTING, ["-created_at"]))


class GrantsOfBenefitView(ApiView):
    """The grants of one benefit."""

    scopes = {"GET": READ}

    @documented(
        "List benefit grants of a benefit",
        operation_id="benefits:grants",
        answer=AnyGrant,
        is_list=True,
        errors=(404,),
        query=("is_granted", "customer_id", "member_id"),
    )
    def get(self, request: Request, id: str) -> Any:
        """One page, the latest first."""
        benefit = living_benefits(self.organization).get_or_refuse(pk=self.id_from())
        rows = among(
            grant_rows(self.organization).filter(benefit=benefit),
            **self.query.ids("customer_id", "member_id"),
        )
        if (is_granted := self.query.boolean("is_granted")) is not None:
            rows = rows.filter(granted_at__isnull=not is_granted)
        return paginate(rows.order_by("-created_at", "-id"), request, present_grant)
