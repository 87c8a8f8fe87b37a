"""Products over the merchant API."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.metadata import filter_metadata
from apps.api.pages import sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.catalog.api.presenters import ProductBody, present_product
from apps.catalog.api.serializers import (
    VISIBILITIES,
    ProductCreateInput,
    ProductUpdateInput,
    product_changes,
    product_input,
)
from apps.catalog.companions import with_any_benefit
from apps.catalog.models import Product
from apps.catalog.operations import create_product, delete_product, update_product
from apps.catalog.selectors import (
    listed_price_rows,
    living_products,
    shown_product,
    with_offer,
)

READ = ("products:read", "products:write")
WRITE = ("products:write",)

_first_price = listed_price_rows().filter(product=OuterRef("pk")).order_by("id")
SORTING = {
    "created_at": "created_at",
    "name": "name",
    "price_amount": Subquery(
        _first_price.annotate(shown=Coalesce("fixed_amount", "minimum_amount")).values("shown")[:1]
    ),
    "price_amount_type": Subquery(_first_price.values("kind")[:1]),
}


class ProductsView(ApiView):
    """The products of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List products",
        operation_id="products:list",
        answer=ProductBody,
        is_list=True,
        sorting=SORTING,
        query=(
            "id",
            "organization_id",
            "query",
            "is_archived",
            "is_recurring",
            "benefit_id",
            "visibility",
            "metadata",
        ),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        return self.page(self._listed, present_product)

    @documented(
        "Create a product",
        operation_id="products:create",
        body=ProductCreateInput,
        answer=ProductBody,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """The new product."""
        values = self.read(ProductCreateInput)
        self.refuse_organization_id(values)
        product = create_product(
            organization=self.organization, data=product_input(values), origin=self.origin()
        )
        return self.created(present_product(shown_product(product.pk)))

    def _listed(self) -> QuerySet[Product]:
        order = sorting(self.request, SORTING, ["-created_at"])
        return with_offer(self._filtered().order_by(*order))

    def _filtered(self) -> QuerySet[Product]:
        query = self.query
        rows = among(
            filter_metadata(living_products(self.organization), self.request),
            **query.ids("id", "organization_id"),
            visibility=query.choices("visibility", VISIBILITIES),
        )
        if text := query.text("query"):
            rows = rows.filter(name__icontains=text)
        if (is_archived := query.boolean("is_archived")) is not None:
            rows = rows.filter(archived_at__isnull=not is_archived)
        if (is_recurring := query.boolean("is_recurring")) is not None:
            rows = rows.filter(recurring_interval__isnull=not is_recurring)
        if (benefits := query.uuids("benefit_id")) is not None:
            rows = rows.filter(with_any_benefit(benefits))
        return rows


class ProductView(ApiView):
    """One product."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @documented("Get a product", operation_id="products:get", answer=ProductBody, errors=(404,))
    def get(self, request: Request, id: str) -> Any:
        """The product."""
        rows = with_offer(living_products(self.organization))
        return present_product(rows.get_or_refuse(pk=self.id_from()))

    @documented(
        "Update a product",
        operation_id="products:update",
        body=ProductUpdateInput,
        answer=ProductBody,
        errors=(403, 404),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The product, changed."""
        product = living_products(self.organization).get_or_refuse(pk=self.id_from())
        update_product(
            product_id=product.pk,
            changes=product_changes(self.read(ProductUpdateInput)),
            origin=self.origin(),
        )
        return present_product(shown_product(product.pk))

    @documented(
        "Delete a product",
        operation_id="products:delete",
        status=204,
        errors=(403, 404, 409),
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        """Nothing; the product is gone."""
        product = living_products(self.organization).get_or_refuse(pk=self.id_from())
        delete_product(product_id=product.pk, origin=self.origin())
        return self.no_content()
