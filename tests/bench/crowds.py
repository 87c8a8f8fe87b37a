"""
Many rows of what there is one of: every table filled up from its own rows.

The n-th new row of one table points at the n-th of the other, so that joins find as many rows as
they do in life. Nothing is checked on the way but what the database itself holds true: unique
values are made so, all else is as in the row it was made from, at another time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from django.apps import apps
from django.db.models import Model
from psycopg import sql

# Rows that point at merchants share so many of them.
MERCHANTS: Final = 200
MERCHANT: Final = "organizations_organization"
# Below this a text has a meaning of its own, as a currency has.
SHORT: Final = 30

_COLUMNS: Final = """
SELECT a.attname, t.typname, a.attidentity <> '' OR a.attgenerated <> '',
    CASE WHEN a.atttypmod > 4 AND t.typname = 'varchar' THEN a.atttypmod - 4 ELSE 1000 END
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_UNIQUE: Final = """
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass AND indisunique
"""


def fill(url: str, count: int) -> dict[str, int]:
    """
    Bring every table of ours that has rows to so many more.

    :returns: how many rows each has then, by its name.
    """
    tables = {model._meta.db_table: model for model in _models()}
    filled = {}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        present = {table for table in tables if _count(connection, table)}
        for table in sorted(present):
            # As many for a few merchants, or one for each. What allows neither is few by nature,
            # such as a limit for each role.
            for merchants in (MERCHANTS, count):
                try:
                    _multiply(connection, tables[table], present, count, merchants)
                    break
                except psycopg.errors.UniqueViolation:
                    continue
            filled[table] = _count(connection, table)
    return filled


def _models() -> Sequence[type[Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("apps.") and not model._meta.proxy
    ]


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    return int(connection.execute(query).fetchone()[0])  # type: ignore[index]


def _multiply(
    connection: psycopg.Connection[Any],
    model: type[Model],
    present: set[str],
    count: int,
    merchants: int,
) -> None:
    table = model._meta.db_table
    columns = [row for row in connection.execute(_COLUMNS, [table]).fetchall() if not row[2]]
    indexes = " ".join(
        re.sub(r" WHERE .*", "", row[0].partition(" USING ")[2])
        for row in connection.execute(_UNIQUE, [table]).fetchall()
    )
    unique = set(re.findall(r"\w+", indexes))
    values = [
        _value(model, name, kind, length, name in unique, present, merchants, count)
        for name, kind, _, length in columns
    ]
    names = ", ".join(f'"{row[0]}"' for row in columns)
    made = f"""
        WITH old AS (
            SELECT *, row_number() OVER () - 1 AS place, count(*) OVER () AS places
            FROM {table} LIMIT 50
        )
        INSERT INTO {table} ({names})
        SELECT {", ".join(values)} FROM generate_series(1, {count}) n
        JOIN old ON old.place = n % LEAST(old.places, 50)
    """
    connection.execute(made)  # type: ignore[call-overload]


def _value(
    model: type[Model],
    name: str,
    kind: str,
    length: int,
    is_unique: bool,
    present: set[str],
    merchants: int,
    count: int,
) -> str:
    """SQL that makes the n-th value of a column."""
    field = next(one for one in model._meta.concrete_fields if one.column == name)
    old = f'old."{name}"'
    target = model if field.primary_key and not field.remote_field else field.related_model
    if isinstance(target, type) and target._meta.db_table in present:
        # Of two that point at the same table, the second points at another row.
        twins = [one for one in model._meta.concrete_fields if one.related_model is target]
        step = twins.index(field) if field in twins else 0
        shared = merchants if _is_shared(model, target) else count
        place = f"(1 + (n - 1 + {step}) % {shared})"
        key = _key(target, place)
        return key if not field.null else f"CASE WHEN {old} IS NULL THEN NULL ELSE {key} END"
    if kind == "uuid":
        return f"CASE WHEN {old} IS NULL THEN NULL ELSE gen_random_uuid() END"
    if kind == "timestamptz":
        return f"{old} - n * interval '1 minute'"
    if is_unique and kind in ("int2", "int4", "int8"):
        return f"{old} + n"
    if is_unique and kind in ("varchar", "text") and length >= SHORT:
        return f"CASE WHEN {old} IS NULL THEN NULL ELSE left({old}, {length} - 8) || '.' || n END"
    return old


def _is_shared(model: type[Model], target: type[Model]) -> bool:
    return target._meta.db_table == MERCHANT and model._meta.db_table != MERCHANT


def _key(target: type[Model], place: str) -> str:
    if target._meta.pk.get_internal_type() == "UUIDField":
        return f"md5('{target._meta.db_table}' || {place})::uuid"
    return f"(1000000 + {place})"
