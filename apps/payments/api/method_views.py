"""The saved payment methods of a customer over the merchant API."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from apps.api.pages import paginate
from apps.api.schema import documented
from apps.customers.api.views import READ, CustomerLookup
from apps.payments.api.presenters import AnyPaymentMethod, present_payment_method
from apps.payments.models import PaymentMethod


class CustomerPaymentMethodsView(CustomerLookup):
    """What a customer can be charged with."""

    scopes = {"GET": READ}

    @documented(
        "List a customer's payment methods",
        operation_id="customers:list_payment_methods",
        answer=AnyPaymentMethod,
        is_list=True,
        errors=(404,),
    )
    def get(self, request: Request, **path: str) -> Any:
        """One page, the latest first."""
        customer = self.customer()
        rows = (
            PaymentMethod.objects.for_organization(self.organization)
            .filter(customer=customer, deleted_at=None)
            .order_by("-created_at", "-id")
        )
        return paginate(
            rows,
            request,
            lambda row: present_payment_method(row, customer.default_payment_method_id),
        )


class ExternalCustomerPaymentMethodsView(CustomerPaymentMethodsView):
    """What a customer can be charged with, by the merchant's id."""

    @documented(
        "List a customer's payment methods by external ID",
        operation_id="customers:list_payment_methods_external",
        answer=AnyPaymentMethod,
        is_list=True,
        errors=(404,),
    )
    def get(self, request: Request, **path: str) -> Any:
        """One page, the latest first."""
        return super().get(request, **path)
