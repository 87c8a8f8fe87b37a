"""Custom fields over the merchant API."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.inputs import ChoiceField, MapField, TextField
from apps.api.metadata import filter_metadata
from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.catalog.api.field_presenters import AnyCustomField, present_field
from apps.catalog.field_selectors import living_fields
from apps.catalog.models import CustomField
from apps.catalog.operations import (
    FieldInput,
    create_custom_field,
    delete_custom_field,
    update_custom_field,
)

READ = ("custom_fields:read", "custom_fields:write")
WRITE = ("custom_fields:write",)
TYPES = tuple(CustomField.Type.values)
SORTING = {name: name for name in ("created_at", "slug", "name", "type")}


class CustomFieldCreateInput(serializers.Serializer[Any]):
    """A new field; its properties are looked into by the operation."""

    type = ChoiceField(choices=TYPES)
    slug = TextField(min_length=1)
    name = TextField(min_length=1)
    properties = MapField()
    metadata = MapField(required=False)
    organization_id = TextField(required=False, allow_null=True)


class CustomFieldUpdateInput(serializers.Serializer[Any]):
    """A change of a field, which its type comes with; what is absent stays."""

    type = ChoiceField(choices=TYPES)
    slug = TextField(required=False, allow_null=True, min_length=1)
    name = TextField(required=False, allow_null=True, min_length=1)
    properties = MapField(required=False, allow_null=True)
    metadata = MapField(required=False, allow_null=True)


class CustomFieldsView(ApiView):
    """The custom fields of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List custom fields",
        operation_id="custom-fields:list",
        answer=AnyCustomField,
        is_list=True,
        sorting=SORTING,
        query=("organization_id", "query", "type", "metadata"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        query = self.query
        rows = among(
            filter_metadata(living_fields(self.organization), request),
            **query.ids("organization_id"),
            type=query.choices("type", TYPES),
        )
        if text := query.text("query"):
            rows = rows.filter(Q(name__icontains=text) | Q(slug__icontains=text))
        return paginate(rows.order_by(*sorting(request, SORTING, ["slug"])), request, present_field)

    @documented(
        "Create a custom field",
        operation_id="custom-fields:create",
        body=CustomFieldCreateInput,
        answer=AnyCustomField,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """The new field."""
        values = self.read(CustomFieldCreateInput)
        self.refuse_organization_id(values)
        made = create_custom_field(
            organization=self.organization, data=FieldInput(**values), origin=self.origin()
        )
        return self.created(present_field(made))


class CustomFieldView(ApiView):
    """One custom field."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @documented(
        "Get a custom field",
        operation_id="custom-fields:get",
        answer=AnyCustomField,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The field."""
        return present_field(self._own())

    @documented(
        "Update a custom field",
        operation_id="custom-fields:update",
        body=CustomFieldUpdateInput,
        answer=AnyCustomField,
        errors=(404,),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The field, changed; a new slug moves the answers of buyers."""
        row = self._own()
        changes = self.read(CustomFieldUpdateInput)
        return present_field(
            update_custom_field(field_id=row.pk, changes=changes, origin=self.origin())
        )

    @documented(
        "Delete a custom field", operation_id="custom-fields:delete", status=204, errors=(404,)
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        """Nothing; no product asks the field any more."""
        delete_custom_field(field_id=self._own().pk, origin=self.origin())
        return self.no_content()

    def _own(self) -> CustomField:
        return living_fields(self.organization).get_or_refuse(pk=self.id_from())
