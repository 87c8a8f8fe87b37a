"""`metadata[key]=value` on lists."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.db.models.fields.json import KeyTextTransform
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
            queryset = queryset.alias(**{alias: KeyTextTransform(key, field)}).filter(
                **{f"{alias}__in": values}
            )
    return queryset
