"""Payments over the merchant API."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import paginate, sorting
from apps.api.schema import Choice, documented
from apps.api.views import ApiView
from apps.payments.api.presenters import AnyPayment, present_payment
from apps.payments.models import Payment

SCOPES = {"GET": ("payments:read",)}
SORTING = {
    "created_at": "created_at",
    "status": "status",
    "amount": "amount",
    "method": "method",
}


class PaymentsView(ApiView):
    """All payments of an organization."""

    scopes = SCOPES

    @documented(
        "List payments",
        operation_id="payments:list",
        answer=AnyPayment,
        is_list=True,
        sorting=SORTING,
        query=(
            "organization_id",
            "checkout_id",
            "order_id",
            "customer_id",
            Choice("status", Payment.Status.values),
            "method",
            "customer_email",
        ),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        query = self.query
        rows = among(
            Payment.objects.for_organization(self.organization),
            **query.ids("organization_id", "checkout_id", "order_id", "customer_id"),
            status=query.choices("status", Payment.Status.values),
            method=query.texts("method"),
            email=query.texts("customer_email"),
        )
        order = sorting(request, SORTING, ["-created_at"])
        return paginate(rows.order_by(*order), request, present_payment)


class PaymentView(ApiView):
    """One payment."""

    scopes = SCOPES

    @documented("Get a payment", operation_id="payments:get", answer=AnyPayment, errors=(404,))
    def get(self, request: Request, id: str) -> Any:
        """The payment."""
        rows = Payment.objects.for_organization(self.organization)
        return present_payment(rows.get_or_refuse(pk=self.id_from()))
