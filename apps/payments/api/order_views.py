"""The charge of a draft order over the merchant API."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.request import Request

from apps.api.schema import documented
from apps.orders.api.presenters import OrderBody
from apps.orders.api.views import WRITE, OrderViewBase
from apps.payments.api.serializers import OrderFinalizeInput
from apps.payments.operations import finalize_order


class OrderFinalizeView(OrderViewBase):
    """The charge of a draft."""

    scopes = {"POST": WRITE}
    # The intention to charge commits before the processor is asked.
    is_atomic: ClassVar[bool] = False

    @documented(
        "Finalize an order",
        operation_id="orders:finalize",
        body=OrderFinalizeInput,
        answer=OrderBody,
        errors=(402, 403, 404, 409, 412),
    )
    def post(self, request: Request, id: str) -> Any:
        """The order, charged."""
        order = self.order()
        values = self.read(OrderFinalizeInput) if request._request.body else {}
        finalize_order(
            order_id=order.pk,
            payment_method_id=values.get("payment_method_id"),
            origin=self.origin(),
        )
        return self.shown(self.order())
