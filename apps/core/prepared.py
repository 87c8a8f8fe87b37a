"""Queries that run with every request, made into SQL once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Generic, TypeVar, cast
from uuid import UUID, uuid4

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection, connections
from django.db.models import (
    BooleanField,
    F,
    Func,
    JSONField,
    ManyToOneRel,
    Model,
    Prefetch,
    QuerySet,
    Value,
    prefetch_related_objects,
)
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators

from apps.core.postgres.base import DatabaseWrapper
from apps.core.replica.route import reading_alias

Row = TypeVar("Row", bound=Model)
Mark = str | UUID
Marks = Mark | tuple[Mark, ...]
Asked = str | UUID | list[UUID] | tuple[str | UUID, ...]

# Stand for the value while the SQL is made; no real value looks like them.
TEXT_MARK = "\x00value\x00"
ID_MARK = uuid4()


def one_of(field: str, mark: UUID) -> Func:
    """A condition for `filter`: the value is then a list of ids, and `field` holds one of them."""
    return Func(
        F(field),
        Value(mark),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


class Prepared(Generic[Row]):
    """
    `Prepared(lambda value: Model.objects.select_related(…).filter(field=value))`.

    Django turns a queryset into SQL anew each time, which for a wide row costs more than
    everything else about it. Here it is done at the first use; `first` and `rows` then give the
    same instances as the queryset would, and the server keeps its plan as well. `build` is called
    with `mark`, which must be of the kind of the value: a text by default, `ID_MARK` for an id.
    With a tuple of marks, all different, it is called with each of them, and is asked with a tuple
    of as many values. It stands on the compiler of the Django release the project is pinned to;
    its test compares it with the queryset.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]], *, mark: Marks = TEXT_MARK) -> None:
        self._build = build
        self._mark = mark

    def first(self, value: Asked) -> Row | None:
        """The row that the queryset finds for `value`; any one if there are several."""
        return next(iter(self._first.fetch(value)), None)

    def rows(self, value: Asked) -> list[Row]:
        """All that the queryset finds for `value`, in its order, with what it prefetches."""
        return self._all.fetch(value)

    def count(self, value: Asked) -> int:
        """How many rows the queryset, without its limits, finds for `value`."""
        sql, parameters = self._count
        if sql is None:
            return 0
        with _cursor() as cursor:
            cursor.execute(sql, _filled(parameters, self._mark, value))
            return int(cursor.fetchone()[0])

    @cached_property
    def _first(self) -> _Statement[Row]:
        return _Statement(self._build(*_each(self._mark)).order_by()[:1], self._mark)

    @cached_property
    def _all(self) -> _Statement[Row]:
        return _Statement(self._build(*_each(self._mark)), self._mark)

    @cached_property
    def _count(self) -> tuple[str | None, tuple[Any, ...]]:
        query = self._build(*_each(self._mark)).query.chain()
        query.clear_limits()
        rows: Any = QuerySet(model=query.model, query=query).order_by().values("pk")
        sql, parameters = _compiled(rows.query.get_compiler(connection=connection), self._mark)
        return sql and f"SELECT COUNT(*) FROM ({sql}) counted", parameters  # noqa: S608


class _Statement(Generic[Row]):
    """The SQL of one queryset, and how its rows become instances."""

    def __init__(self, queryset: QuerySet[Row], mark: Marks) -> None:
        self._mark = mark
        compiler: Any = queryset.query.get_compiler(using=queryset.db)
        self._sql, self._parameters = _compiled(compiler, mark)
        if self._sql is None:
            return
        select, info = compiler.select, compiler.klass_info
        converters = compiler.get_converters([column[0] for column in select])
        self._converters = {
            place: ([_quick(one) for one in chain], expression)
            for place, (chain, expression) in converters.items()
        }
        self._apply = compiler.apply_converters
        self._first, self._last = info["select_fields"][0], info["select_fields"][-1] + 1
        self._names = [column[0].target.attname for column in select[self._first : self._last]]
        self._populators = get_related_populators(info, select, queryset.db)  # type: ignore[call-arg]
        self._annotations = dict(compiler.annotation_col_map or {})
        self._model: type[Row] = info["model"]
        self._make = _maker(self._model, queryset.db, self._names)
        for populator in self._populators:
            _make_related(populator)
        lookups: Any = queryset._prefetch_related_lookups  # type: ignore[attr-defined]
        self._lists: list[_List] = [
            _List(self._model, one) for one in lookups if _is_list(self._model, one)
        ]
        self._others = [one for one in lookups if not _is_list(self._model, one)]

    def fetch(self, value: Any) -> list[Row]:
        """The instances for one value."""
        if self._sql is None:
            return []
        with _cursor() as cursor:
            cursor.execute(self._sql, _filled(self._parameters, self._mark, value))
            found = cursor.fetchall()
        rows = [self._load(row) for row in self._apply(found, self._converters)]
        if rows:
            for prefetched in self._lists:
                prefetched.attach(rows)
            if self._others:
                prefetch_related_objects(rows, *self._others)
        return rows

    def _load(self, values: Any) -> Row:
        row: Row = self._make(values[self._first : self._last])
        for populator in self._populators:
            populator.populate(values, row)
        for name, position in self._annotations.items():
            setattr(row, name, values[position])
        return row


class _List:
    """A `Prefetch(…, to_attr=…)` of the rows that point at those read."""

    def __init__(self, model: type[Model], prefetch: Any) -> None:
        field = cast(ManyToOneRel, model._meta.get_field(prefetch.prefetch_through)).field
        self._key, self._owner, self._attribute = field.attname, field.name, prefetch.to_attr
        self._statement: _Statement[Any] = _Statement(
            prefetch.queryset.filter(one_of(field.name, ID_MARK)), ID_MARK
        )

    def attach(self, rows: list[Any]) -> None:
        """Give each row its list, in the order of the queryset."""
        owners = {row.pk: row for row in rows}
        for row in rows:
            setattr(row, self._attribute, [])
        for found in self._statement.fetch(list(owners)):
            owner = owners[getattr(found, self._key)]
            setattr(found, self._owner, owner)
            getattr(owner, self._attribute).append(found)


def _maker(model: Any, db: str, names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """
    Makes instances of rows.

    Django's way sets one attribute after the other and sends two signals. What comes of it is the
    same as when the attributes are put down at once, for a model that changes nothing about it:
    no signal is listened to here.
    """
    is_plain = (
        model.__init__ is Model.__init__
        and model.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]
        and set(names) == {field.attname for field in model._meta.concrete_fields}
    )
    if not is_plain:
        return lambda values: model.from_db(db, names, values)

    def make(values: Sequence[Any]) -> Any:
        row = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, db
        row.__dict__.update(zip(names, values, strict=True), _state=state)
        return row

    return make


def _quick(converter: Any) -> Any:
    """The same converter, or one in compiled code: a long list holds a thousand JSON values."""
    field = getattr(converter, "__self__", None)
    is_plain = type(field) is JSONField and field.decoder is None
    return _from_json if is_plain and converter.__name__ == "from_db_value" else converter


def _from_json(value: Any, expression: Any, connection: Any) -> Any:
    return value if value is None else orjson.loads(value)


def _make_related(populator: Any) -> None:
    make = _maker(populator.model_cls, populator.db, populator.init_list)
    populator.model_cls = SimpleNamespace(from_db=lambda db, names, values: make(values))
    for inner in populator.related_populators:
        _make_related(inner)


def _is_list(model: type[Model], lookup: Any) -> bool:
    if not isinstance(lookup, Prefetch):
        return False
    queryset: Any = lookup.queryset
    path = lookup.prefetch_through
    return (
        lookup.to_attr is not None
        and queryset is not None
        and not queryset._prefetch_related_lookups
        and not queryset.query.is_sliced
        and "__" not in path
        and type(model._meta.get_field(path)) is ManyToOneRel
    )


def _each(mark: Marks) -> tuple[Mark, ...]:
    return mark if isinstance(mark, tuple) else (mark,)


def _compiled(compiler: Any, mark: Marks) -> tuple[str | None, tuple[Any, ...]]:
    """The SQL; None if the queryset finds nothing whatever the value."""
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return None, ()
    if any(one not in parameters for one in _each(mark)):
        raise ValueError("The queryset does not ask for the value.")
    return sql, tuple(parameters)


def _filled(parameters: tuple[Any, ...], mark: Marks, value: Any) -> list[Any]:
    if not isinstance(mark, tuple):
        return [value if part == mark else part for part in parameters]
    return [value[mark.index(part)] if part in mark else part for part in parameters]


def _cursor() -> Any:
    return cast(DatabaseWrapper, connections[reading_alias()]).prepared_cursor()
