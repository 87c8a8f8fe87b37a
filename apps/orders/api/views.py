"""Orders over the merchant API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.metadata import filter_metadata
from apps.api.pages import sorting
from apps.api.schema import Choice, documented
from apps.api.views import ApiView
from apps.api.vocabulary import DocumentBody, Nothing
from apps.api.wire import json_response
from apps.core.errors import ResourceNotFound
from apps.core.replica import prefer_replica
from apps.orders.api.export import COLUMNS, DEFAULT_COLUMNS, orders_csv
from apps.orders.api.presenters import OrderBody, present_order, present_orders
from apps.orders.api.serializers import OrderCreateInput, OrderUpdateInput, draft_input
from apps.orders.documents import existing_document_url
from apps.orders.errors import MissingInvoiceBillingDetails
from apps.orders.models import Order
from apps.orders.operations import create_draft_order, generate_invoice, update_order
from apps.orders.selectors import presentable_orders

READ = ("orders:read", "orders:write")
WRITE = ("orders:write",)
SORTING = {
    "created_at": "created_at",
    "status": "status",
    "invoice_number": "invoice_number",
    "amount": "net_amount",
    "net_amount": "net_amount",
    "customer": "customer__name",
    "product": "product__name",
    "discount": "discount__name",
    "subscription": "subscription_id",
}
FILTERS = (
    "organization_id",
    "product_id",
    Choice("product_billing_type", ("one_time", "recurring")),
    "discount_id",
    "customer_id",
    "external_customer_id",
    "checkout_id",
    "subscription_id",
    Choice("status", Order.Status.values),
    "created_after",
    "created_before",
    "metadata",
)


class OrderViewBase(ApiView):
    """What the order endpoints share."""

    def filtered(self) -> QuerySet[Order]:
        """The organization's orders that the query parameters ask for."""
        query = self.query
        rows = presentable_orders().filter(organization_id=self.organization.pk)
        rows = among(
            rows,
            **query.ids(
                "organization_id",
                "product_id",
                "discount_id",
                "customer_id",
                "checkout_id",
                "subscription_id",
            ),
            customer__external_id=query.texts("external_customer_id"),
            status=query.choices("status", Order.Status.values),
        )
        kinds = set(query.choices("product_billing_type", ("one_time", "recurring")) or ())
        if len(kinds) == 1:
            rows = rows.filter(
                product__isnull=False,
                product__recurring_interval__isnull="one_time" in kinds,
            )
        if (after := query.time("created_after")) is not None:
            rows = rows.filter(created_at__gte=after)
        if (before := query.time("created_before")) is not None:
            rows = rows.filter(created_at__lte=before)
        return rows

    def order(self) -> Order:
        """The order in the path; ResourceNotFound for anyone else's."""
        rows = presentable_orders().filter(organization_id=self.organization.pk)
        found = rows.filter(pk=self.id_from()).first()
        if found is None:
            raise ResourceNotFound
        return found

    def shown(self, order: Order) -> OrderBody:
        """An order as it is answered."""
        return present_order(order, self.organization)


class OrdersView(OrderViewBase):
    """All orders of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List orders",
        operation_id="orders:list",
        answer=OrderBody,
        is_list=True,
        sorting=SORTING,
        query=FILTERS,
    )
    def get(self, request: Request) -> Any:
        """One page."""
        organization = self.organization
        return self.page_of_all(self._listed, lambda rows: present_orders(rows, organization))

    def _listed(self) -> QuerySet[Order]:
        order = sorting(self.request, SORTING, ["-created_at"])
        return filter_metadata(self.filtered(), self.request).order_by(*order)

    @documented(
        "Create a draft order",
        operation_id="orders:create",
        body=OrderCreateInput,
        answer=OrderBody,
        status=201,
        errors=(403,),
    )
    def post(self, request: Request) -> Any:
        """The new draft."""
        values = self.read(OrderCreateInput)
        self.refuse_organization_id(values)
        order = create_draft_order(
            organization=self.organization, data=draft_input(values), origin=self.origin()
        )
        return self.created(self.shown(presentable_orders().get(pk=order.pk)))


class OrdersExportView(OrderViewBase):
    """Orders as CSV."""

    scopes = {"GET": READ}

    @documented(
        "Export orders",
        operation_id="orders:export",
        media_type="text/csv",
        query=(
            *(one for one in FILTERS if one != "metadata"),
            "timezone",
            Choice("columns", COLUMNS),
        ),
    )
    def get(self, request: Request) -> Any:
        """The file, line by line."""
        prefer_replica()
        columns = self.query.choices("columns", COLUMNS) or list(DEFAULT_COLUMNS)
        zone = self.query.zone("timezone")
        rows = self.filtered().prefetch_related(None).order_by("-created_at", "-id")
        lines = orders_csv(rows.iterator(chunk_size=1000), columns, zone)
        return StreamingHttpResponse(
            (line.encode() for line in lines),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="orders.csv"'},
        )


class OrderView(OrderViewBase):
    """One order."""

    scopes = {"GET": READ, "PATCH": WRITE}

    @documented("Get an order", operation_id="orders:get", answer=OrderBody, errors=(404,))
    def get(self, request: Request, id: str) -> Any:
        """The order."""
        return self.shown(self.order())

    @documented(
        "Update an order",
        operation_id="orders:update",
        body=OrderUpdateInput,
        answer=OrderBody,
        errors=(404,),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The order, changed."""
        order = self.order()
        update_order(order_id=order.pk, changes=self.read(OrderUpdateInput), origin=self.origin())
        return self.shown(self.order())


class OrderInvoiceView(OrderViewBase):
    """The invoice of an order."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "Get an order's invoice",
        operation_id="orders:invoice",
        answer=DocumentBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """Where it can be had; not found until it was made."""
        return DocumentBody(url=existing_document_url(self.order(), "invoice"))

    @documented(
        "Generate an order's invoice",
        operation_id="orders:generate_invoice",
        answer=Nothing,
        status=202,
        errors=(404, 409, MissingInvoiceBillingDetails),
    )
    def post(self, request: Request, id: str) -> Any:
        """Accepted: it can be had from now on."""
        generate_invoice(order_id=self.order().pk, origin=self.origin())
        return json_response(None, 202)


class OrderReceiptView(OrderViewBase):
    """The receipt of an order."""

    scopes = {"GET": READ}

    @documented(
        "Get an order's receipt",
        operation_id="orders:receipt",
        answer=DocumentBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """Where it can be had; not found where nothing was paid."""
        return DocumentBody(url=existing_document_url(self.order(), "receipt"))
