"""What the answer to a validation says of the order that grants a licence key."""

from __future__ import annotations

from django.db.models import BooleanField, Case, OuterRef, Subquery, Value, When
from django.db.models.functions import JSONObject

from apps.license_keys.sources import register_source
from apps.orders.models import Order

_PAID = (Order.Status.PAID, Order.Status.REFUNDED, Order.Status.PARTIALLY_REFUNDED)


def register() -> None:
    """Tell licence keys of their orders."""
    register_source("order", _order)


def _order() -> Subquery:
    paid = Case(
        When(status__in=_PAID, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    rows = Order.objects.filter(pk=OuterRef("grant__order_id")).annotate(
        shown=JSONObject(id="id", created_at="created_at", status="status", paid=paid)
    )
    return Subquery(rows.values("shown")[:1])
