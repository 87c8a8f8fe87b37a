"""Reads of custom fields and of where they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from apps.catalog.answers import Question
from apps.catalog.models import AttachedField, CustomField, Product
from apps.core.prepared import ID_MARK, Prepared
from apps.organizations.models import Organization
from apps.organizations.querysets import TenantQuerySet


def living_fields(organization: Organization) -> TenantQuerySet[CustomField]:
    """The custom fields of an organization that are not deleted."""
    return CustomField.objects.for_organization(organization).living()


def attached_rows() -> QuerySet[AttachedField]:
    """What products ask, in its order, with the fields."""
    return AttachedField.objects.select_related("field").order_by("position")


_of_product = Prepared(lambda value: attached_rows().filter(product_id=value), mark=ID_MARK)


def field_prefetch(prefix: str = "") -> Prefetch[Any, Any, Any]:
    """What to prefetch so that products (reached by `prefix`) know what they ask."""
    return Prefetch(f"{prefix}attached_fields", queryset=attached_rows(), to_attr="listed_fields")


def listed_fields(product: Product) -> Sequence[AttachedField]:
    """What a product asks: read with the product, else by a query and kept on the row."""
    known: Sequence[AttachedField] | None = getattr(product, "listed_fields", None)
    if known is None:
        known = _of_product.rows(product.pk)
        product.listed_fields = known  # type: ignore[attr-defined]
    return known


def questions_of(product: Product) -> list[Question]:
    """What a product asks, as pure values."""
    return [
        Question(
            slug=attached.field.slug,
            type=attached.field.type,
            is_required=attached.is_required,
            properties=attached.field.properties,
        )
        for attached in listed_fields(product)
    ]
