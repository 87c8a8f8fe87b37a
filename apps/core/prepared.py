"""Queries that run with every request, made into SQL once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=Model)

# Stands for the value while the SQL is made; no real value looks like it.
_MARK = "\x00value\x00"


class Prepared(Generic[Row]):
    """
    `Prepared(lambda value: Model.objects.select_related(…).filter(field=value))`.

    Django turns a queryset into SQL anew each time, which for a wide row costs more than
    everything else about it. Here it is done at the first use; `first` then gives the same
    instances as the queryset would. For one text value that the SQL uses as it is, and no
    prefetches. It stands on the compiler of the Django release the project is pinned to; its test
    compares it with the queryset.
    """

    def __init__(self, build: Callable[[Any], QuerySet[Row]]) -> None:
        self._build = build

    def first(self, value: str) -> Row | None:
        """The row that the queryset finds for `value`; any one if there are several."""
        sql, parameters, load = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if part == _MARK else part for part in parameters])
            row = cursor.fetchone()
        return None if row is None else load(row)

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...], Callable[[Any], Row]]:
        queryset = self._build(_MARK).order_by()[:1]
        compiler: Any = queryset.query.get_compiler(using=queryset.db)
        sql, parameters = compiler.as_sql()
        select, info = compiler.select, compiler.klass_info
        converters = compiler.get_converters([column[0] for column in select])
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[first:last]]
        populators = get_related_populators(info, select, queryset.db)  # type: ignore[call-arg]

        def load(row: Any) -> Row:
            values = next(iter(compiler.apply_converters([row], converters)))
            found: Row = info["model"].from_db(queryset.db, names, values[first:last])
            for populator in populators:
                populator.populate(values, found)
            return found

        return sql, tuple(parameters), load
