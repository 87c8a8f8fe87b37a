"""Paying an order that was not paid, by its customer."""

from __future__ import annotations

from typing import Any, ClassVar, TypedDict

from rest_framework import serializers
from rest_framework.request import Request

from apps.api.inputs import ChoiceField, TextField
from apps.api.schema import documented
from apps.core.errors import ValidationFailed
from apps.customers.api.portal import READ, WRITE
from apps.customers.links import portal_page
from apps.orders.api.portal import PortalOrderBase
from apps.payments.errors import ManualRetryLimitExceeded, OrderNotEligibleForRetry
from apps.payments.operations import RetryWith, retry_payment_as_customer
from apps.payments.selectors import payment_state


class OrderPaymentStatusBody(TypedDict):
    """`succeeded`, `processing`, `failed` with the reason, or `pending` before any try."""

    status: str
    error: str | None


class OrderPaymentBody(TypedDict):
    """
    What came of a try: `succeeded`, `failed` with the reason, `processing` or `requires_action`.

    Then the customer's browser goes on with the client secret.
    """

    status: str
    client_secret: str | None
    error: str | None


class OrderPaymentInput(serializers.Serializer[Any]):
    """A saved method, or a token of the payment form."""

    confirmation_token_id = TextField(required=False, allow_null=True, max_length=255)
    payment_method_id = serializers.UUIDField(required=False, allow_null=True)
    payment_processor = ChoiceField(choices=["stripe"], required=False)


class PortalOrderPaymentStatusView(PortalOrderBase):
    """How far the payment of an order has come."""

    scopes = {"GET": READ}

    @documented(
        "Get an order's payment status",
        operation_id="customer_portal:orders:get_payment_status",
        answer=OrderPaymentStatusBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The outcome of the latest try."""
        status, error = payment_state(self.order())
        return OrderPaymentStatusBody(status=status, error=error)


class PortalOrderPaymentView(PortalOrderBase):
    """A try to pay."""

    scopes = {"POST": WRITE}
    # The intention to charge commits before the processor is asked.
    is_atomic: ClassVar[bool] = False

    @documented(
        "Confirm a retry payment",
        operation_id="customer_portal:orders:confirm_retry_payment",
        body=OrderPaymentInput,
        answer=OrderPaymentBody,
        errors=(403, 404, 409, OrderNotEligibleForRetry, ManualRetryLimitExceeded),
    )
    def post(self, request: Request, id: str) -> Any:
        """What came of it."""
        order = self.order()
        values = self.read(OrderPaymentInput)
        chosen = RetryWith(
            payment_method_id=values.get("payment_method_id"),
            confirmation_token_id=values.get("confirmation_token_id"),
            return_url=portal_page(self.organization),
        )
        try:
            retry = retry_payment_as_customer(
                order_id=order.pk, chosen=chosen, origin=self.origin()
            )
        except ValidationFailed as error:
            # Clients know one 422 of this path, by its name.
            raise OrderNotEligibleForRetry(error.detail) from error
        return OrderPaymentBody(
            status=retry.status, client_secret=retry.client_secret, error=retry.error
        )
