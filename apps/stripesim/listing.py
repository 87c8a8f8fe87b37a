"""Pages of objects: newest first, by cursor, with filters on columns or on the body."""

from typing import Any

from .call import Call
from .errors import missing
from .present import public

Obj = dict[str, Any]
_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(
    call: Call,
    kind: str,
    params: dict[str, Any],
    *,
    url: str,
    where: dict[str, Any] | None = None,
    sql: str = "",
    values: tuple[Any, ...] = (),
) -> Obj:
    """One page of `kind`. `where` maps columns (customer, parent, tag) or `$.path` to a value."""
    clauses = ["account = ?", "kind = ?"]
    arguments: list[Any] = [call.account, kind]
    for name, value in (where or {}).items():
        if value is None:
            continue
        if name.startswith("$"):
            clauses.append("json_extract(body, ?) = ?")
            arguments += [name, value]
        else:
            clauses.append(f"{name} = ?")
            arguments.append(value)
    for bound, moment in (params.get("created") or {}).items():
        clauses.append(f"created {_COMPARE[bound]} ?")
        arguments.append(moment)
    if sql:
        clauses.append(sql)
        arguments += values
    if kind in ("account", "bank_account", "customer", "tax_id"):
        clauses.append("json_extract(body, '$.deleted') IS NULL")
    limit, backwards = params.get("limit", 10), "ending_before" in params
    for name, comparison in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            clauses.append(f"seq {comparison} ?")
            arguments.append(_position(call, kind, params[name], name))
    rows = call.unit.select(
        f"SELECT body FROM objects WHERE {' AND '.join(clauses)}"  # noqa: S608  fixed parts
        f" ORDER BY seq {'ASC' if backwards else 'DESC'} LIMIT ?",
        *arguments,
        limit + 1,
    )
    found = [call.unit.load(call.account, row[0]) for row in rows]
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    return {
        "object": "list",
        "data": [public(obj) for obj in found],
        "has_more": more,
        "url": url,
    }


def _position(call: Call, kind: str, object_id: str, param: str) -> int:
    rows = call.unit.select(
        "SELECT seq FROM objects WHERE account = ? AND id = ? AND kind = ?",
        call.account,
        object_id,
        kind,
    )
    if not rows:
        raise missing(kind, object_id, param=param)
    return int(rows[0][0])
