"""Customers over the merchant API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.metadata import filter_metadata
from apps.api.pages import sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.errors import ResourceNotFound
from apps.core.replica import prefer_replica
from apps.customers.api.exports import customers_csv
from apps.customers.api.presenters import (
    AnyCustomer,
    AnyCustomerState,
    present_customer,
    present_customer_state,
)
from apps.customers.api.serializers import (
    CustomerCreateInput,
    CustomerUpdateExternalInput,
    CustomerUpdateInput,
    customer_input,
)
from apps.customers.models import Customer
from apps.customers.operations import create_customer, delete_customer, update_customer
from apps.customers.selectors import (
    by_activity,
    customer_by_external_id,
    living_customer,
    living_customers,
    matching_customers,
    with_email,
)

READ = ("customers:read", "customers:write")
WRITE = ("customers:write",)
SORTING = {"created_at": "created_at", "email": "email", "name": "name"}


class CustomersView(ApiView):
    """The customers of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List customers",
        operation_id="customers:list",
        answer=AnyCustomer,
        is_list=True,
        sorting=SORTING,
        query=("organization_id", "email", "query", "active", "metadata"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        return self.page(self._listed, present_customer)

    @documented(
        "Create a customer",
        operation_id="customers:create",
        body=CustomerCreateInput,
        answer=AnyCustomer,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """The new customer."""
        values = self.read(CustomerCreateInput)
        self.refuse_organization_id(values)
        customer = create_customer(
            organization=self.organization, data=customer_input(values), origin=self.origin()
        )
        return self.created(present_customer(customer))

    def _listed(self) -> QuerySet[Customer]:
        return self._filtered().order_by(*sorting(self.request, SORTING, ["-created_at"]))

    def _filtered(self) -> QuerySet[Customer]:
        query = self.query
        rows = among(
            filter_metadata(living_customers(self.organization), self.request),
            **query.ids("organization_id"),
        )
        if (email := query.text("email")) is not None:
            rows = with_email(rows, email)
        if text := query.text("query"):
            rows = matching_customers(rows, text)
        if (is_active := query.boolean("active")) is not None:
            rows = by_activity(rows, is_active)
        return rows


class CustomersExportView(ApiView):
    """All customers as CSV."""

    scopes = {"GET": READ}

    @documented(
        "Export customers",
        operation_id="customers:export",
        media_type="text/csv",
        query=("organization_id",),
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """The file, line by line."""
        prefer_replica()
        rows = among(living_customers(self.organization), **self.query.ids("organization_id"))
        return StreamingHttpResponse(
            customers_csv(rows.order_by("created_at", "id").iterator(chunk_size=2000)),
            content_type="text/csv",
            headers={"Content-Disposition": "attachment; filename=customers.csv"},
        )


class CustomerLookup(ApiView):
    """Finds the customer that the path names, by our id or by the merchant's."""

    def customer(self) -> Customer:
        """
        The living customer of the organization.

        :raises ResourceNotFound: if there is none.
        """
        if "external_id" not in self.kwargs:
            return living_customer(self.organization, self.id_from())
        customer = customer_by_external_id(self.organization, self.kwargs["external_id"])
        if customer is None:
            raise ResourceNotFound()
        return customer


class CustomerView(CustomerLookup):
    """One customer."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}
    update_input: type[CustomerUpdateExternalInput] = CustomerUpdateInput

    @documented("Get a customer", operation_id="customers:get", answer=AnyCustomer, errors=(404,))
    def get(self, request: Request, **path: str) -> Any:
        """The customer."""
        return present_customer(self.customer())

    @documented(
        "Update a customer",
        operation_id="customers:update",
        body=CustomerUpdateInput,
        answer=AnyCustomer,
        errors=(404,),
    )
    def patch(self, request: Request, **path: str) -> Any:
        """The customer, changed."""
        customer = update_customer(
            customer_id=self.customer().pk,
            changes=self.read(self.update_input),
            origin=self.origin(),
        )
        return present_customer(customer)

    @documented(
        "Delete a customer",
        operation_id="customers:delete",
        status=204,
        errors=(404,),
        query=("anonymize",),
    )
    def delete(self, request: Request, **path: str) -> HttpResponse:
        """Nothing; the customer is gone."""
        delete_customer(
            customer_id=self.customer().pk,
            anonymize=bool(self.query.boolean("anonymize")),
            origin=self.origin(),
        )
        return self.no_content()


class ExternalCustomerView(CustomerView):
    """One customer, by the merchant's id."""

    update_input = CustomerUpdateExternalInput

    @documented(
        "Get a customer by external ID",
        operation_id="customers:get_external",
        answer=AnyCustomer,
        errors=(404,),
    )
    def get(self, request: Request, **path: str) -> Any:
        """The customer."""
        return super().get(request, **path)

    @documented(
        "Update a customer by external ID",
        operation_id="customers:update_external",
        body=CustomerUpdateExternalInput,
        answer=AnyCustomer,
        errors=(404,),
    )
    def patch(self, request: Request, **path: str) -> Any:
        """The customer, changed."""
        return super().patch(request, **path)

    @documented(
        "Delete a customer by external ID",
        operation_id="customers:delete_external",
        status=204,
        errors=(404,),
        query=("anonymize",),
    )
    def delete(self, request: Request, **path: str) -> HttpResponse:
        """Nothing; the customer is gone."""
        return super().delete(request, **path)


class CustomerStateView(CustomerLookup):
    """What a customer has."""

    scopes = {"GET": READ}

    @documented(
        "Get a customer's state",
        operation_id="customers:get_state",
        answer=AnyCustomerState,
        errors=(404,),
    )
    def get(self, request: Request, **path: str) -> Any:
        """The customer with subscriptions, benefits and meters."""
        return present_customer_state(self.customer())


class ExternalCustomerStateView(CustomerStateView):
    """What a customer has, by the merchant's id."""

    @documented(
        "Get a customer's state by external ID",
        operation_id="customers:get_state_external",
        answer=AnyCustomerState,
        errors=(404,),
    )
    def get(self, request: Request, **path: str) -> Any:
        """The customer with subscriptions, benefits and meters."""
        return super().get(request, **path)
