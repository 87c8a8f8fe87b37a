"""`metadata[key]=value` on lists."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import F, Func, Model, QuerySet, TextField, Value
from django.http import HttpRequest
from rest_framework.request import Request

Row = TypeVar("Row", bound=Model)


def filter_metadata(
    queryset: QuerySet[Row], request: Request | HttpRequest, *, field: str = "metadata"
) -> QuerySet[Row]:
    """
    The rows whose metadata has the values asked for, compared as text.

    Repeats of a key are alternatives; different keys must all match.
    """
    for name, values in request.GET.lists():
        if name.startswith("metadata[") and name.endswith("]"):
            key = name[len("metadata[") : -1]
            alias = f"_metadata_{len(queryset.query.annotations)}"
            # Not Django's transform: it takes a key of digits for a place in an array.
            text = Func(
                F(field),
                Value(key),
                function="jsonb_extract_path_text",
                output_field=TextField(),
            )
            queryset = queryset.alias(**{alias: text}).filter(**{f"{alias}__in": values})
    return queryset
