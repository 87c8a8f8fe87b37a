"""A customer over their own API: who they are, and what they pay with."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, TypedDict
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from apps.api.inputs import FlagField, TextField
from apps.api.schema import documented
from apps.benefits.api.bodies import PortalCustomerBody
from apps.benefits.api.portal_presenters import present_accounts, present_portal_customer
from apps.benefits.selectors import linked_accounts_of
from apps.customers.api.portal import READ, WRITE, PortalView
from apps.customers.api.serializers import AddressInput
from apps.customers.models import Customer
from apps.payments.api.presenters import PaymentMethodBody, present_payment_method
from apps.payments.errors import CustomerNotReady
from apps.payments.models import PaymentMethod
from apps.payments.operations import SetUp, add_payment_method, confirm_payment_method
from apps.payments.operations.methods import update_payer


class PayerInput(serializers.Serializer[Any]):
    """New billing details; what is absent stays."""

    billing_name = TextField(required=False, allow_null=True, max_length=256)
    billing_address = AddressInput(required=False, allow_null=True)
    tax_id = TextField(required=False, allow_null=True, max_length=64)
    default_payment_method_id = serializers.UUIDField(required=False, allow_null=True)


class MethodCreateInput(serializers.Serializer[Any]):
    """A token of the payment form, and where the bank's page leads back to."""

    confirmation_token_id = TextField(max_length=255)
    set_default = FlagField()
    return_url = TextField(max_length=2000)

    def validate_return_url(self, value: str) -> str:
        """An address of the web."""
        if urlsplit(value).scheme not in ("http", "https"):
            raise serializers.ValidationError("This must be an address of the web.", "value_error")
        return value


class MethodConfirmInput(serializers.Serializer[Any]):
    """A setup intent that the customer has completed."""

    setup_intent_id = TextField(max_length=255)
    set_default = FlagField()


class MethodSavedBody(TypedDict):
    """The method is saved."""

    status: Literal["succeeded"]
    payment_method: PaymentMethodBody


class MethodActionBody(TypedDict):
    """The bank wants to see the customer, whose browser goes on with the client secret."""

    status: Literal["requires_action"]
    client_secret: str


class PortalCustomerView(PortalView):
    """The customer themselves."""

    scopes = {"GET": READ, "PATCH": WRITE}

    @documented(
        "Get the customer",
        operation_id="customer_portal:customers:get",
        answer=PortalCustomerBody,
    )
    def get(self, request: Request) -> Any:
        """The customer; plain members of a team do not see the billing details."""
        return self._shown(self.customer)

    @documented(
        "Update the customer",
        operation_id="customer_portal:customers:update",
        body=PayerInput,
        answer=PortalCustomerBody,
        errors=(403,),
    )
    def patch(self, request: Request) -> Any:
        """The customer, changed."""
        self.require_payer()
        changed = update_payer(
            customer_id=self.customer.pk, changes=self.read(PayerInput), origin=self.origin()
        )
        return self._shown(changed)

    def _shown(self, customer: Customer) -> PortalCustomerBody:
        accounts = present_accounts(linked_accounts_of(customer, self.member))
        return present_portal_customer(customer, accounts, with_billing=self.member.may_bill)


class PortalPaymentMethodsView(PortalView):
    """What the customer can be charged with."""

    scopes = {"GET": READ, "POST": WRITE}
    # What the processor has done is not undone by us.
    is_atomic: ClassVar[bool] = False

    @documented(
        "List payment methods",
        operation_id="customer_portal:customers:list_payment_methods",
        answer=PaymentMethodBody,
        is_list=True,
    )
    def get(self, request: Request) -> Any:
        """One page, the latest first."""
        default_id = self.customer.default_payment_method_id
        return self.page_of_own(
            self._listed, lambda rows: [present_payment_method(row, default_id) for row in rows]
        )

    @documented(
        "Add a payment method",
        operation_id="customer_portal:customers:add_payment_method",
        body=MethodCreateInput,
        answer=MethodSavedBody | MethodActionBody,
        status=201,
        errors=(400, 403),
    )
    def post(self, request: Request) -> Any:
        """The saved method, or what the browser goes on with."""
        self.require_payer()
        values = self.read(MethodCreateInput)
        made = add_payment_method(
            customer_id=self.customer.pk,
            confirmation_token_id=values["confirmation_token_id"],
            is_default=values["set_default"],
            return_url=values["return_url"],
            origin=self.origin(),
        )
        return self.created(_body_of(made))

    def _listed(self, customer_id: UUID) -> QuerySet[PaymentMethod]:
        rows = PaymentMethod.objects.filter(customer_id=customer_id, deleted_at=None)
        return rows.order_by("-created_at", "-id")


class PortalPaymentMethodConfirmView(PortalView):
    """The end of a setup that the bank wanted to see the customer for."""

    scopes = {"POST": WRITE}
    is_atomic: ClassVar[bool] = False

    @documented(
        "Confirm a payment method",
        operation_id="customer_portal:customers:confirm_payment_method",
        body=MethodConfirmInput,
        answer=MethodSavedBody | MethodActionBody,
        status=201,
        errors=(400, 403),
    )
    def post(self, request: Request) -> Any:
        """The saved method."""
        if not self.member.may_bill:
            raise CustomerNotReady("Only the owner and billing managers may do this.")
        values = self.read(MethodConfirmInput)
        method = confirm_payment_method(
            customer_id=self.customer.pk,
            setup_intent_id=values["setup_intent_id"],
            is_default=values["set_default"],
            origin=self.origin(),
        )
        return self.created(_saved(method))


def _body_of(made: SetUp) -> MethodSavedBody | MethodActionBody:
    if made.method is not None:
        return _saved(made.method)
    return MethodActionBody(status="requires_action", client_secret=made.client_secret)


def _saved(method: PaymentMethod) -> MethodSavedBody:
    return MethodSavedBody(
        status="succeeded",
        payment_method=present_payment_method(method, method.customer.default_payment_method_id),
    )
