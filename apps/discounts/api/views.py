"""Discounts over the merchant API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.api.metadata import filter_metadata
from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.discounts.api.presenters import AnyDiscount, present_discount
from apps.discounts.api.serializers import (
    DiscountCreateInput,
    DiscountUpdateInput,
    discount_input,
)
from apps.discounts.models import Discount
from apps.discounts.operations import create_discount, delete_discount, update_discount
from apps.discounts.selectors import living_discounts, shown_discount, with_products

READ = ("discounts:read", "discounts:write")
WRITE = ("discounts:write",)

SORTING = {name: name for name in ("created_at", "name", "code", "redemptions_count", "ends_at")}


class DiscountsView(ApiView):
    """The discounts of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List discounts",
        operation_id="discounts:list",
        answer=AnyDiscount,
        is_list=True,
        sorting=SORTING,
        query=("organization_id", "query", "metadata"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        rows = self._filtered().order_by(*sorting(request, SORTING, ["-created_at"]))
        return paginate(with_products(rows), request, present_discount)

    @documented(
        "Create a discount",
        operation_id="discounts:create",
        body=DiscountCreateInput,
        answer=AnyDiscount,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """The new discount."""
        values = self.read(DiscountCreateInput)
        self.refuse_organization_id(values)
        usual = self.organization.default_presentment_currency
        discount = create_discount(
            organization=self.organization,
            data=discount_input(values, usual_currency=usual),
            origin=self.origin(),
        )
        return self.created(present_discount(shown_discount(discount.pk)))

    def _filtered(self) -> QuerySet[Discount]:
        rows = filter_metadata(living_discounts(self.organization), self.request)
        if (organizations := self.query.uuids("organization_id")) is not None:
            rows = rows.filter(organization_id__in=organizations)
        if text := self.query.text("query"):
            rows = rows.filter(name__icontains=text)
        return rows


class DiscountView(ApiView):
    """One discount."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @documented("Get a discount", operation_id="discounts:get", answer=AnyDiscount, errors=(404,))
    def get(self, request: Request, id: str) -> Any:
        """The discount."""
        rows = with_products(living_discounts(self.organization))
        return present_discount(rows.get_or_refuse(pk=self.id_from()))

    @documented(
        "Update a discount",
        operation_id="discounts:update",
        body=DiscountUpdateInput,
        answer=AnyDiscount,
        errors=(404,),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The discount, changed."""
        discount = living_discounts(self.organization).get_or_refuse(pk=self.id_from())
        changes = self.read(DiscountUpdateInput)
        update_discount(discount_id=discount.pk, changes=changes, origin=self.origin())
        return present_discount(shown_discount(discount.pk))

    @documented("Delete a discount", operation_id="discounts:delete", status=204, errors=(404,))
    def delete(self, request: Request, id: str) -> HttpResponse:
        """Nothing; the discount is gone."""
        discount = living_discounts(self.organization).get_or_refuse(pk=self.id_from())
        delete_discount(discount_id=discount.pk, origin=self.origin())
        return self.no_content()
