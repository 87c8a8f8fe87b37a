"""Checkout links over the merchant API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.catalog.models import Price
from apps.checkouts.api.link_presenters import CheckoutLinkBody, present_link
from apps.checkouts.api.link_serializers import CheckoutLinkCreateInput, CheckoutLinkUpdateInput
from apps.checkouts.link_selectors import living_links, shown_link, with_offers
from apps.checkouts.models import CheckoutLink
from apps.checkouts.operations import LinkInput, create_link, delete_link, update_link
from apps.core.errors import ValidationFailed

READ = ("checkout_links:read", "checkout_links:write")
WRITE = ("checkout_links:write",)
SORTING = {name: name for name in ("created_at", "label", "success_url", "allow_discount_codes")}


class CheckoutLinksView(ApiView):
    """The checkout links of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List checkout links",
        operation_id="checkout-links:list",
        answer=CheckoutLinkBody,
        is_list=True,
        sorting=SORTING,
        query=("organization_id", "product_id"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        rows = among(living_links(self.organization), **self.query.ids("organization_id"))
        if (products := self.query.uuids("product_id")) is not None:
            rows = rows.filter(offers__product_id__in=products).distinct()
        order = sorting(request, SORTING, ["-created_at"])
        return paginate(with_offers(rows.order_by(*order)), request, present_link)

    @documented(
        "Create a checkout link",
        operation_id="checkout-links:create",
        body=CheckoutLinkCreateInput,
        answer=CheckoutLinkBody,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """The new link."""
        values = self.read(CheckoutLinkCreateInput)
        link = create_link(
            organization=self.organization,
            data=LinkInput(product_ids=self._product_ids(values), details=values),
            origin=self.origin(),
        )
        return self.created(present_link(shown_link(link.pk)))

    def _product_ids(self, values: dict[str, Any]) -> list[UUID]:
        """The products, in whichever of the three ways they are named."""
        if values.get("products") is not None:
            return list(values["products"])
        if values.get("product_id") is not None:
            return [values["product_id"]]
        price_id = values["product_price_id"]
        price = Price.objects.for_organization(self.organization).filter(pk=price_id).first()
        if price is None:
            raise ValidationFailed.at(
                "body", "product_price_id", msg="Price does not exist.", value=str(price_id)
            )
        return [price.product_id]


class CheckoutLinkView(ApiView):
    """One checkout link."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @documented(
        "Get a checkout link",
        operation_id="checkout-links:get",
        answer=CheckoutLinkBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The link."""
        rows = with_offers(living_links(self.organization))
        return present_link(rows.get_or_refuse(pk=self.id_from()))

    @documented(
        "Update a checkout link",
        operation_id="checkout-links:update",
        body=CheckoutLinkUpdateInput,
        answer=CheckoutLinkBody,
        errors=(404,),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The link, changed."""
        link = self._own()
        changes = self.read(CheckoutLinkUpdateInput)
        update_link(link_id=link.pk, changes=changes, origin=self.origin())
        return present_link(shown_link(link.pk))

    @documented(
        "Delete a checkout link", operation_id="checkout-links:delete", status=204, errors=(404,)
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        """Nothing; the link leads nowhere from now on."""
        delete_link(link_id=self._own().pk, origin=self.origin())
        return self.no_content()

    def _own(self) -> CheckoutLink:
        return living_links(self.organization).get_or_refuse(pk=self.id_from())
