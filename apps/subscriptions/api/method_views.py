"""One saved payment method of a customer over the merchant API; subscriptions may need it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from apps.api.schema import documented
from apps.core.errors import ResourceNotFound
from apps.customers.api.views import WRITE, CustomerLookup
from apps.payments.api.presenters import AnyPaymentMethod, present_payment_method
from apps.payments.models import PaymentMethod
from apps.payments.operations import set_default_payment_method
from apps.subscriptions.operations.methods import remove_payment_method


class MethodViewBase(CustomerLookup):
    """What the endpoints of a method share."""

    def method(self) -> PaymentMethod:
        """The living method in the path; ResourceNotFound if it is not the customer's."""
        customer = self.customer()
        rows = PaymentMethod.objects.for_organization(self.organization)
        found = rows.filter(
            customer=customer, deleted_at=None, pk=self.id_from("payment_method_id")
        ).first()
        if found is None:
            raise ResourceNotFound
        return found


class CustomerPaymentMethodView(MethodViewBase):
    """One saved method."""

    scopes = {"DELETE": WRITE}

    @documented(
        "Delete a customer's payment method",
        operation_id="customers:delete_payment_method",
        status=204,
        errors=(400, 404),
    )
    def delete(self, request: Request, **path: str) -> HttpResponse:
        """Nothing; it is gone. Subscriptions go over to another method, if there is one."""
        remove_payment_method(payment_method_id=self.method().pk, origin=self.origin())
        return self.no_content()


class DefaultPaymentMethodView(MethodViewBase):
    """The method that a customer is charged with."""

    scopes = {"POST": WRITE}

    @documented(
        "Make a payment method the customer's default",
        operation_id="customers:set_default_payment_method",
        answer=AnyPaymentMethod,
        errors=(404,),
    )
    def post(self, request: Request, **path: str) -> Any:
        """The method, which subscriptions are charged with from now on, and what they owe."""
        method = self.method()
        set_default_payment_method(
            customer_id=method.customer_id, payment_method_id=method.pk, origin=self.origin()
        )
        return present_payment_method(method, method.pk)
