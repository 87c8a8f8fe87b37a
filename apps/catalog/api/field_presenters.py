"""Custom fields as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NotRequired, TypedDict
from uuid import UUID

from apps.api.shapes import OneOf, Shown
from apps.api.vocabulary import Metadata
from apps.catalog.field_selectors import listed_fields
from apps.catalog.models import CustomField, Product


class _PropertiesBody(TypedDict):
    form_label: NotRequired[str]
    form_help_text: NotRequired[str]
    form_placeholder: NotRequired[str]


class TextFieldPropertiesBody(_PropertiesBody):
    """How a text is asked for."""

    textarea: NotRequired[bool]
    min_length: NotRequired[int]
    max_length: NotRequired[int]


class BoundedFieldPropertiesBody(_PropertiesBody):
    """How a number is asked for, or a day, whose bounds are seconds since 1970."""

    ge: NotRequired[int]
    le: NotRequired[int]


class CheckboxPropertiesBody(_PropertiesBody):
    """How yes or no is asked for."""


class SelectOptionBody(TypedDict):
    """One of the answers."""

    value: str
    label: str


class SelectPropertiesBody(_PropertiesBody):
    """The answers to choose from."""

    options: list[SelectOptionBody]


class CustomFieldBody(TypedDict):
    """A field; `properties` are those of its type."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    metadata: Metadata
    type: str
    slug: str
    name: str
    organization_id: UUID
    properties: dict[str, Any]


class TextFieldBody(CustomFieldBody):
    """A field for text."""

    type: Annotated[str, OneOf(("text",))]
    properties: Annotated[dict[str, Any], Shown(TextFieldPropertiesBody)]


class NumberFieldBody(CustomFieldBody):
    """A field for a number."""

    type: Annotated[str, OneOf(("number",))]
    properties: Annotated[dict[str, Any], Shown(BoundedFieldPropertiesBody)]


class DateFieldBody(CustomFieldBody):
    """A field for a day."""

    type: Annotated[str, OneOf(("date",))]
    properties: Annotated[dict[str, Any], Shown(BoundedFieldPropertiesBody)]


class CheckboxFieldBody(CustomFieldBody):
    """A field for yes or no."""

    type: Annotated[str, OneOf(("checkbox",))]
    properties: Annotated[dict[str, Any], Shown(CheckboxPropertiesBody)]


class SelectFieldBody(CustomFieldBody):
    """A field for one of a few answers."""

    type: Annotated[str, OneOf(("select",))]
    properties: Annotated[dict[str, Any], Shown(SelectPropertiesBody)]


AnyCustomField = Annotated[
    CustomFieldBody,
    Shown(TextFieldBody | NumberFieldBody | DateFieldBody | CheckboxFieldBody | SelectFieldBody),
]


class AttachedCustomFieldBody(TypedDict):
    """A field as a product asks it."""

    custom_field_id: UUID
    custom_field: AnyCustomField
    order: int
    required: bool


AttachedField = Annotated[dict[str, Any], Shown(AttachedCustomFieldBody)]


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
