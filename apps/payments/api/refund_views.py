"""Refunds over the merchant API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.inputs import ChoiceField, FlagField, MapField, TextField, WholeField
from apps.api.pages import sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.errors import ValidationFailed
from apps.orders.selectors import presentable_orders
from apps.payments.api.refund_presenters import RefundBody, present_refund, present_refunds
from apps.payments.models import Refund
from apps.payments.operations import RefundInput, refund_order
from apps.payments.selectors import presentable_refunds

SORTING = {"created_at": "created_at", "amount": "amount"}
FILTERS = (
    "organization_id",
    "id",
    "order_id",
    "subscription_id",
    "customer_id",
    "external_customer_id",
    "succeeded",
)
# What only the system itself may say.
REASONS = [reason for reason in Refund.Reason.values if reason != Refund.Reason.DISPUTE_PREVENTION]


class RefundCreateInput(serializers.Serializer[Any]):
    """How much of which order, net of tax, and why."""

    order_id = serializers.UUIDField()
    reason = ChoiceField(choices=REASONS)
    amount = WholeField(min_value=1)
    comment = TextField(required=False, allow_null=True)
    revoke_benefits = FlagField(required=False, default=False)
    metadata = MapField(required=False)


class RefundsView(ApiView):
    """All refunds of an organization's orders."""

    scopes = {"GET": ("refunds:read", "refunds:write"), "POST": ("refunds:write",)}
    # The intention to refund commits before the processor is asked.
    is_atomic: ClassVar[bool] = False

    @documented(
        "List refunds",
        operation_id="refunds:list",
        answer=RefundBody,
        is_list=True,
        sorting=SORTING,
        query=FILTERS,
    )
    def get(self, request: Request) -> Any:
        """One page."""
        return self.page_of_all(self._listed, present_refunds)

    def _listed(self) -> QuerySet[Refund]:
        query = self.query
        rows = among(
            presentable_refunds().filter(organization_id=self.organization.pk),
            **query.ids("id", "organization_id", "order_id", "customer_id"),
            order__subscription_id=query.ids("subscription_id")["subscription_id"],
            customer__external_id=query.texts("external_customer_id"),
        )
        succeeded = query.boolean("succeeded")
        if succeeded is not None:
            is_it = {"status": Refund.Status.SUCCEEDED}
            rows = rows.filter(**is_it) if succeeded else rows.exclude(**is_it)
        return rows.order_by(*sorting(self.request, SORTING, ["-created_at"]))

    @documented(
        "Create a refund",
        operation_id="refunds:create",
        body=RefundCreateInput,
        answer=RefundBody,
        status=201,
        errors=(400, 403, 404, 409),
    )
    def post(self, request: Request) -> Any:
        """The refund, as the processor answered it."""
        values = self.read(RefundCreateInput)
        order_id = values.pop("order_id")
        rows = presentable_orders().filter(organization_id=self.organization.pk)
        if not rows.filter(pk=order_id).exists():
            raise ValidationFailed.at(
                "body", "order_id", msg="There is no such order.", value=str(order_id)
            )
        values["comment"] = values.get("comment") or ""
        made = refund_order(
            order_id=order_id,
            data=RefundInput(source=Refund.Source.API, **values),
            origin=self.origin(),
        )
        return self.created(present_refund(presentable_refunds().get(pk=made.pk)))
