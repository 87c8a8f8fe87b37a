"""Writing single rows of which there are many: their SQL is made once for each model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from django.db import connection
from django.db.models import AutoField, Model

from apps.core.postgres.base import DatabaseWrapper

Row = TypeVar("Row", bound=Model)


def insert_row(row: Model) -> None:
    """
    As `row.save(force_insert=True)`, with a plan that the server keeps.

    Every field has its value, and none is an expression: nothing but an automatic id is left to
    the database.

    :raises IntegrityError: if the row breaks a constraint.
    """
    insert, _, fields = _inserts(type(row))
    key = _run(insert, _values(row, fields), is_returning=_is_numbered(type(row)))
    if _is_numbered(type(row)):
        row.pk = key
    _mark_stored(row)


def insert_rows(rows: Iterable[Row]) -> list[Row]:
    """As `insert_row` for each of a few rows; gives them back. Many go better in bulk."""
    written = list(rows)
    for row in written:
        insert_row(row)
    return written


def insert_if_new(row: Model) -> bool:
    """
    As `insert_row`, but a row that breaks a unique constraint is left out; whether it was written.

    Waits for whoever is just writing the same one. Not for rows that the database numbers.
    """
    _, insert, fields = _inserts(type(row))
    is_new = _run(insert, _values(row, fields)) == 1
    if is_new:
        _mark_stored(row)
    return is_new


def save_fields(row: Model, *names: str) -> None:
    """As `row.save(update_fields=names)` for a row that is there, with a plan the server keeps."""
    statement, fields = _update(type(row), names)
    _run(statement, [*_values(row, fields), row.pk])


@cache
def _inserts(model: type[Model]) -> tuple[str, str, tuple[Any, ...]]:
    is_numbered = _is_numbered(model)
    fields = tuple(
        field for field in model._meta.concrete_fields if not (is_numbered and field.primary_key)
    )
    columns = ", ".join(_quoted(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    key = _quoted(str(cast(Any, model._meta.pk).column))
    insert = f"{sql} RETURNING {key}" if is_numbered else sql
    return insert, f"{sql} ON CONFLICT DO NOTHING", fields


@cache
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    fields = tuple(cast(Any, model._meta.get_field(name)) for name in names)
    values = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    key = cast(Any, model._meta.pk).column
    table = _quoted(model._meta.db_table)
    return f"UPDATE {table} SET {values} WHERE {_quoted(key)} = %s", fields  # noqa: S608


def _values(row: Model, fields: Sequence[Any]) -> list[Any]:
    return [
        field.get_db_prep_save(getattr(row, field.attname), connection=connection)
        for field in fields
    ]


@cache
def _is_numbered(model: type[Model]) -> bool:
    return isinstance(model._meta.pk, AutoField)


def _run(statement: str, values: Sequence[Any], *, is_returning: bool = False) -> int:
    """How many rows were written, or the number that the database gave the one."""
    with cast(DatabaseWrapper, connection).prepared_cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0] if is_returning else cursor.rowcount)


def _mark_stored(row: Model) -> None:
    row._state.adding = False
    row._state.db = connection.alias


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
