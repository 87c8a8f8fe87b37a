"""Orders for the customer who pays them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import sorting
from apps.api.schema import documented
from apps.api.vocabulary import DocumentBody, Nothing
from apps.api.wire import json_response
from apps.core.errors import ResourceNotFound
from apps.customers.api.portal import READ, WRITE, PortalView
from apps.orders.api.portal_presenters import CustomerOrderBody, present_customer_orders
from apps.orders.api.serializers import OrderUpdateInput
from apps.orders.documents import existing_document_url
from apps.orders.errors import MissingInvoiceBillingDetails
from apps.orders.models import Order
from apps.orders.operations import correct_billing_details, generate_invoice
from apps.orders.selectors import orders_of_customer

SORTING = {
    "created_at": "created_at",
    "amount": "net_amount",
    "net_amount": "net_amount",
    "product": "product__name",
    "subscription": "subscription_id",
}


class PortalOrderBase(PortalView):
    """What the endpoints of one order share."""

    def order(self) -> Order:
        """The order in the path; ResourceNotFound for anyone else's, and for a plain member."""
        found = orders_of_customer(self.customer.pk).filter(pk=self.id_from()).first()
        if found is None or not self.member.may_bill:
            raise ResourceNotFound
        return found

    def shown(self) -> CustomerOrderBody:
        """The order in the path as it is now."""
        return present_customer_orders([self.order()], self.organization)[0]


class PortalOrdersView(PortalView):
    """The orders of a customer."""

    scopes = {"GET": READ}

    @documented(
        "List orders",
        operation_id="customer_portal:orders:list",
        answer=CustomerOrderBody,
        is_list=True,
        sorting=SORTING,
        query=("product_id", "product_billing_type", "subscription_id", "query"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        organization = self.organization
        return self.page_of_own(
            self._listed, lambda rows: present_customer_orders(rows, organization)
        )

    def _listed(self, customer_id: UUID) -> QuerySet[Order]:
        query = self.query
        rows = among(orders_of_customer(customer_id), **query.ids("product_id", "subscription_id"))
        kinds = set(query.choices("product_billing_type", ("one_time", "recurring")) or ())
        if len(kinds) == 1:
            rows = rows.filter(
                product__isnull=False,
                product__recurring_interval__isnull="one_time" in kinds,
            )
        if text := query.text("query"):
            rows = rows.filter(
                Q(product__name__icontains=text) | Q(invoice_number__istartswith=text)
            )
        return rows.order_by(*sorting(self.request, SORTING, ["-created_at"]))


class PortalOrderView(PortalOrderBase):
    """One order."""

    scopes = {"GET": READ, "PATCH": WRITE}

    @documented(
        "Get an order",
        operation_id="customer_portal:orders:get",
        answer=CustomerOrderBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The order."""
        return self.shown()

    @documented(
        "Update an order",
        operation_id="customer_portal:orders:update",
        body=OrderUpdateInput,
        answer=CustomerOrderBody,
        errors=(404,),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The order, with other billing details."""
        correct_billing_details(
            order_id=self.order().pk, changes=self.read(OrderUpdateInput), origin=self.origin()
        )
        return self.shown()


class PortalOrderInvoiceView(PortalOrderBase):
    """The invoice of an order."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "Get an order's invoice",
        operation_id="customer_portal:orders:invoice",
        answer=DocumentBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """Where it can be had; not found until it was made."""
        return DocumentBody(url=existing_document_url(self.order(), "invoice"))

    @documented(
        "Generate an order's invoice",
        operation_id="customer_portal:orders:generate_invoice",
        answer=Nothing,
        status=202,
        errors=(404, 409, MissingInvoiceBillingDetails),
    )
    def post(self, request: Request, id: str) -> Any:
        """Accepted: it can be had from now on."""
        generate_invoice(order_id=self.order().pk, origin=self.origin())
        return json_response(None, 202)


class PortalOrderReceiptView(PortalOrderBase):
    """The receipt of an order."""

    scopes = {"GET": READ}

    @documented(
        "Get an order's receipt",
        operation_id="customer_portal:orders:receipt",
        answer=DocumentBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """Where it can be had; not found where nothing was paid."""
        return DocumentBody(url=existing_document_url(self.order(), "receipt"))
