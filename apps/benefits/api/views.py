"""Benefits over the merchant API."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.metadata import filter_metadata
from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.api.shapes import Shown, Variants
from apps.api.views import ApiView
from apps.benefits.api.bodies import AnyBenefit
from apps.benefits.api.presenters import present_benefit
from apps.benefits.api.serializers import (
    BenefitCreateInput,
    BenefitUpdateInput,
    ProductBenefitsInput,
    benefit_input,
)
from apps.benefits.models import Benefit
from apps.benefits.operations import (
    create_benefit,
    delete_benefit,
    set_product_benefits,
    update_benefit,
)
from apps.benefits.selectors import living_benefits
from apps.catalog.api.presenters import ProductBody, present_product
from apps.catalog.selectors import living_products, shown_product
from apps.files.api.presenters import OF_SERVICE, StoredFileBody, present_file
from apps.files.selectors import living_files

READ = ("benefits:read", "benefits:write")
WRITE = ("benefits:write",)
SORTING = {
    "created_at": "created_at",
    "description": "description",
    "type": "type",
    "user_order": "created_at",
}


class BenefitsView(ApiView):
    """The benefits of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List benefits",
        operation_id="benefits:list",
        answer=AnyBenefit,
        is_list=True,
        sorting=SORTING,
        query=("organization_id", "type", "id", "exclude_id", "query", "metadata"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        return self.page(self._listed, present_benefit)

    @documented(
        "Create a benefit",
        operation_id="benefits:create",
        body=BenefitCreateInput,
        answer=AnyBenefit,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """The new benefit."""
        values = self.read(BenefitCreateInput)
        self.refuse_organization_id(values)
        benefit = create_benefit(
            organization=self.organization, data=benefit_input(values), origin=self.origin()
        )
        return self.created(present_benefit(benefit))

    def _listed(self) -> QuerySet[Benefit]:
        query = self.query
        rows = among(
            filter_metadata(living_benefits(self.organization), self.request),
            **query.ids("id", "organization_id"),
        )
        if types := self.request.GET.getlist("type"):
            rows = rows.filter(type__in=types)
        if (left_out := query.uuids("exclude_id")) is not None:
            rows = rows.exclude(pk__in=left_out)
        if text := query.text("query"):
            rows = rows.filter(description__icontains=text)
        return rows.order_by(*sorting(self.request, SORTING, ["-created_at"]))


class BenefitView(ApiView):
    """One benefit."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @documented("Get a benefit", operation_id="benefits:get", answer=AnyBenefit, errors=(404,))
    def get(self, request: Request, id: str) -> Any:
        """The benefit."""
        return present_benefit(self._benefit())

    @documented(
        "Update a benefit",
        operation_id="benefits:update",
        body=BenefitUpdateInput,
        answer=AnyBenefit,
        errors=(403, 404),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The benefit, changed."""
        benefit = self._benefit()
        changes = self.read(BenefitUpdateInput)
        return present_benefit(
            update_benefit(benefit_id=benefit.pk, changes=changes, origin=self.origin())
        )

    @documented("Delete a benefit", operation_id="benefits:delete", status=204, errors=(403, 404))
    def delete(self, request: Request, id: str) -> HttpResponse:
        """Nothing; the benefit is gone."""
        delete_benefit(benefit_id=self._benefit().pk, origin=self.origin())
        return self.no_content()

    def _benefit(self) -> Benefit:
        return living_benefits(self.organization).get_or_refuse(pk=self.id_from())


class BenefitFileBody(StoredFileBody):
    """A file with how often it was downloaded."""

    downloaders: int
    downloads: int


AnyBenefitFile = Annotated[
    BenefitFileBody, Shown(Variants(BenefitFileBody, "service", OF_SERVICE).one("downloadable"))
]


class BenefitFilesView(ApiView):
    """The files of one benefit."""

    scopes = {"GET": READ}

    @documented(
        "List benefit files",
        operation_id="benefits:files",
        answer=AnyBenefitFile,
        is_list=True,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """One page, the latest first."""
        benefit = living_benefits(self.organization).get_or_refuse(pk=self.id_from())
        rows = living_files(self.organization).filter(pk__in=benefit.properties.get("files", []))
        of_benefit = {"downloadables__benefit": benefit, "downloadables__download_count__gt": 0}
        counted = rows.annotate(
            downloaders=Count("downloadables", filter=Q(**of_benefit)),
            downloads=Coalesce(Sum("downloadables__download_count", filter=Q(**of_benefit)), 0),
        )
        return paginate(counted.order_by("-created_at", "-id"), request, _present_counted)


class ProductBenefitsView(ApiView):
    """The benefits of one product."""

    scopes = {"POST": ("products:write",)}

    @documented(
        "Set the benefits of a product",
        operation_id="products:update_benefits",
        body=ProductBenefitsInput,
        answer=ProductBody,
        errors=(403, 404),
    )
    def post(self, request: Request, id: str) -> Any:
        """The product with these benefits."""
        product = living_products(self.organization).get_or_refuse(pk=self.id_from())
        wanted = self.read(ProductBenefitsInput)["benefits"]
        set_product_benefits(product_id=product.pk, benefit_ids=wanted, origin=self.origin())
        return present_product(shown_product(product.pk))


def _present_counted(file: Any) -> Any:
    return {
        **present_file(file),
        "downloaders": file.downloaders,
        "downloads": file.downloads,
    }
