"""Checkouts for merchants, over the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import paginate, sorting
from apps.api.schema import Choice, documented
from apps.api.views import ApiView
from apps.checkouts.api.bodies import CheckoutBody
from apps.checkouts.api.inputs import new_checkout
from apps.checkouts.api.presenters import present_checkout
from apps.checkouts.api.serializers import CheckoutCreateInput, CheckoutUpdateInput
from apps.checkouts.models import Checkout
from apps.checkouts.operations import create_checkout, update_checkout
from apps.checkouts.selectors import presentable_checkouts
from apps.core.errors import ResourceNotFound

READ = ("checkouts:read", "checkouts:write")
WRITE = ("checkouts:write",)
SORTING = {"created_at": "created_at", "expires_at": "expires_at", "status": "status"}


class CheckoutsView(ApiView):
    """The checkouts of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List checkout sessions",
        operation_id="checkouts:list",
        answer=CheckoutBody,
        is_list=True,
        sorting=SORTING,
        query=(
            "organization_id",
            "product_id",
            "customer_id",
            "external_customer_id",
            Choice("status", Checkout.Status.values),
            "query",
        ),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        query = self.query
        rows = among(
            presentable_checkouts().filter(organization_id=self.organization.pk),
            **query.ids("organization_id", "product_id", "customer_id"),
            external_customer_id=query.texts("external_customer_id"),
            status=query.choices("status", Checkout.Status.values),
        )
        if (wanted := query.text("query")) is not None:
            rows = rows.filter(customer_email__icontains=wanted)
        order = sorting(request, SORTING, ["-created_at"])
        return paginate(rows.order_by(*order), request, present_checkout)

    @documented(
        "Create a checkout session",
        operation_id="checkouts:create",
        body=CheckoutCreateInput,
        answer=CheckoutBody,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """The new checkout."""
        country = request.headers.get(settings.BUYER_COUNTRY_HEADER)
        checkout = create_checkout(
            organization=self.organization,
            data=new_checkout(self.read(CheckoutCreateInput), buyer_country=country),
            origin=self.origin(),
        )
        return self.created(present_checkout(checkout))


class CheckoutView(ApiView):
    """One checkout."""

    scopes = {"GET": READ, "PATCH": WRITE}

    @documented(
        "Get a checkout session",
        operation_id="checkouts:get",
        answer=CheckoutBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The checkout."""
        return present_checkout(self._checkout())

    @documented(
        "Update a checkout session",
        operation_id="checkouts:update",
        body=CheckoutUpdateInput,
        answer=CheckoutBody,
        errors=(403, 404, 409),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The checkout, changed."""
        update_checkout(
            checkout_id=self._checkout().pk,
            changes=self.read(CheckoutUpdateInput),
            origin=self.origin(),
        )
        return present_checkout(self._checkout())

    def _checkout(self) -> Checkout:
        rows = presentable_checkouts().filter(organization_id=self.organization.pk)
        found = rows.filter(pk=self.id_from()).first()
        if found is None:
            raise ResourceNotFound
        return found
