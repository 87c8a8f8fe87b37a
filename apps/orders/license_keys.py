"""Orders beside licence keys: what a validation says of them, and those that come with imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from django.db.models import BooleanField, Case, OuterRef, Subquery, Value, When
from django.db.models.functions import JSONObject

from apps.license_keys.sources import BoughtElsewhere, register_order_maker, register_source
from apps.orders.models import Order
from apps.orders.operations.importing import ImportedOrder, import_orders
from apps.organizations.models import Organization

_PAID = (Order.Status.PAID, Order.Status.REFUNDED, Order.Status.PARTIALLY_REFUNDED)


def register() -> None:
    """Tell licence keys of their orders, and make those that were bought elsewhere."""
    register_source("order", _order)
    register_order_maker(_make)


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


def _make(organization: Organization, bought: Sequence[BoughtElsewhere]) -> list[UUID]:
    imported = [ImportedOrder(**asdict(one)) for one in bought]
    return import_orders(organization=organization, imported=imported)
