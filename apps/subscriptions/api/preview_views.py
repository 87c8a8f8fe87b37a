"""Previews of the next charge, of a change and of an end: nothing is written."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from apps.api.schema import documented
from apps.subscriptions.api.changing import wished_discount
from apps.subscriptions.api.previews import (
    ChangePreviewBody,
    ChargePreviewBody,
    EndPreviewBody,
    present_change_preview,
    present_charge_preview,
    present_end_preview,
)
from apps.subscriptions.api.refusals import as_declared
from apps.subscriptions.api.serializers import ChangePreviewInput
from apps.subscriptions.api.views import READ, SubscriptionViewBase
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations.changing.product import find_product
from apps.subscriptions.operations.previewing import (
    preview_cancel,
    preview_change,
    preview_charge,
    preview_revoke,
)


class PreviewViewBase(SubscriptionViewBase):
    """What the previews share."""

    def foretold(self) -> Subscription:
        """The subscription in the path, with all that prices it."""
        return self.subscription(self.rows().select_related("customer", "product", "discount"))


class ChargePreviewView(PreviewViewBase):
    """The next charge."""

    scopes = {"GET": READ}

    @documented(
        "Preview the next charge",
        operation_id="subscriptions:charge_preview",
        answer=ChargePreviewBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The order that the end of the period will make, as far as is known now."""
        return present_charge_preview(preview_charge(subscription=self.foretold()))


class ChangePreviewView(PreviewViewBase):
    """A change of product, seats or units."""

    scopes = {"POST": READ}

    @documented(
        "Preview a change",
        operation_id="subscriptions:change_preview",
        body=ChangePreviewInput,
        answer=ChangePreviewBody,
        errors=(403, 404, 409),
    )
    def post(self, request: Request, id: str) -> Any:
        """What the change would cost, now and with the next order."""
        subscription = self.foretold()
        values = self.read(ChangePreviewInput, is_strict=True)
        product_id = values.get("product_id")
        with as_declared(subscription, values):
            preview = preview_change(
                subscription=subscription,
                product=find_product(subscription, product_id) if product_id else None,
                discount=wished_discount(self.organization, values),
                seats=values.get("seats"),
                units=values.get("units"),
                behavior=values.get("proration_behavior"),
                origin=self.origin(),
            )
        return present_change_preview(preview)


class CancelPreviewView(PreviewViewBase):
    """An end with the period, or now."""

    scopes = {"GET": READ}

    @documented(
        "Preview an end",
        operation_id="subscriptions:cancel_preview",
        answer=EndPreviewBody,
        errors=(404,),
        query=("immediately",),
    )
    def get(self, request: Request, id: str) -> Any:
        """What is still billed, and what is given up; `immediately` looks at an end now."""
        subscription = self.foretold()
        if self.query.boolean("immediately"):
            preview = preview_revoke(subscription=subscription, origin=self.origin())
        else:
            preview = preview_cancel(subscription=subscription)
        return present_end_preview(preview)
