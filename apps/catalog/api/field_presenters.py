"""Custom fields as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from apps.catalog.field_selectors import listed_fields
from apps.catalog.models import CustomField, Product


class CustomFieldBody(TypedDict):
    """A field; `properties` are those of its type."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    metadata: dict[str, Any]
    type: str
    slug: str
    name: str
    organization_id: UUID
    properties: dict[str, Any]


class AttachedCustomFieldBody(TypedDict):
    """A field as a product asks it."""

    custom_field_id: UUID
    custom_field: CustomFieldBody
    order: int
    required: bool


def present_field(field: CustomField) -> CustomFieldBody:
    """A field for its merchant and their buyers."""
    return {
        "id": field.pk,
        "created_at": field.created_at,
        "modified_at": field.modified_at,
        "metadata": field.metadata,
        "type": field.type,
        "slug": field.slug,
        "name": field.name,
        "organization_id": field.organization_id,
        "properties": field.properties,
    }


def present_attached_fields(product: Product) -> list[dict[str, Any]]:
    """What a product asks, in its order."""
    asked: list[AttachedCustomFieldBody] = [
        {
            "custom_field_id": attached.field_id,
            "custom_field": present_field(attached.field),
            "order": attached.position,
            "required": attached.is_required,
        }
        for attached in listed_fields(product)
    ]
    return [dict(one) for one in asked]
