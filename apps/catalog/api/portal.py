"""A merchant and what everybody may buy of it, for its customers."""

from __future__ import annotations

from typing import Any, TypedDict

from rest_framework.request import Request

from apps.api.schema import documented
from apps.api.views import ApiView
from apps.catalog.api.presenters import CheckoutProductBody, present_checkout_product
from apps.catalog.models import Product
from apps.catalog.selectors import storefront
from apps.organizations.api.presenters import PortalOrganizationBody, present_portal_organization
from apps.organizations.models import Organization


class CustomerProductBody(CheckoutProductBody):
    """A product beside what a customer has of it, with its merchant."""

    organization: PortalOrganizationBody


class PortalOrganizationDataBody(TypedDict):
    """A merchant, and the products that customers may change to."""

    organization: PortalOrganizationBody
    products: list[CheckoutProductBody]


def present_customer_product(
    product: Product, organization: PortalOrganizationBody
) -> CustomerProductBody:
    """The product as buyers see it; read it through `selectors.products_by_id`."""
    return {**present_checkout_product(product), "organization": organization}


def present_storefront(
    organization: Organization, products: list[Product]
) -> PortalOrganizationDataBody:
    """A merchant and its products, read through `selectors.storefront`."""
    return {
        "organization": present_portal_organization(organization),
        "products": [present_checkout_product(product) for product in products],
    }


class PortalOrganizationView(ApiView):
    """The merchant that a portal belongs to, by its name in addresses."""

    is_public = True

    @documented(
        "Get an organization",
        operation_id="customer_portal:organizations:get",
        answer=PortalOrganizationDataBody,
        errors=(404,),
    )
    def get(self, request: Request, slug: str) -> Any:
        """The merchant and its public products."""
        return present_storefront(*storefront(slug))
