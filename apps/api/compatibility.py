"""
Which operations of the official SDK are served, and which test of ours calls each.

Read from the installed SDK, the URL configuration and the sources of the tests: nothing is
written by hand, so the table cannot claim more than there is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from apps.api.conformity import Difference, all_differences
from apps.api.deliberate import reasons_of
from apps.api.routes import api_routes
from apps.api.sdk import operations_of, shape

JOURNEYS = Path("tests/journeys")
# Names that stand for parts of the client, and for which.
Parts = Mapping[str, tuple[str, ...]]
REFUSALS = JOURNEYS / "declared_errors"


@dataclass(frozen=True, slots=True)
class Row:
    """
    One operation of the SDK, as a client calls it, such as `customers.members.list`.

    `served` says for each version whether a route answers it, None where that version does not
    have it; `test` is where it is called, empty if nowhere.
    """

    name: str
    method: str
    path: str
    served: dict[str, bool | None]
    test: str
    has_refusals: bool
    # By version, what of our document the SDK does not expect: by mistake, and with what reason.
    differences: dict[str, list[str]]
    deliberate: dict[str, dict[str, str]]

    @property
    def is_served(self) -> bool:
        """Whether every version that has it is answered."""
        return all(answer is not False for answer in self.served.values())


def compatibility(root: Path) -> list[Row]:
    """
    All operations of all versions, by name; `root` is the project's folder.

    :raises ModuleNotFoundError: if the SDK is not installed.
    """
    routes = {(method, shape(route.path)) for route in api_routes() for method in route.methods}
    versions = {version: operations_of(version) for version in settings.API_VERSIONS}
    calls = calls_of(root / JOURNEYS, root)
    refusals = _refusals(root / REFUSALS)
    compared = all_differences()
    rows: list[Row] = []
    for name in sorted({name for operations in versions.values() for name in operations}):
        known = {version: found.get(name) for version, found in versions.items()}
        one = next(operation for operation in known.values() if operation is not None)
        served = {
            version: None if found is None else (found.method, found.path) in routes
            for version, found in known.items()
        }
        test = calls.get(name, "")
        differences, deliberate = _differences(name, compared)
        rows.append(
            Row(
                name=name,
                method=one.method,
                path=one.path,
                served=served,
                test=test,
                has_refusals=name in refusals,
                differences=differences,
                deliberate=deliberate,
            )
        )
    return rows


def _differences(
    name: str, compared: dict[str, dict[str, list[Difference]]]
) -> tuple[dict[str, list[str]], dict[str, dict[str, str]]]:
    """Those of one operation by version: without a reason, and with it."""
    open_ones: dict[str, list[str]] = {}
    meant: dict[str, dict[str, str]] = {}
    for version, found in compared.items():
        if name not in found:
            continue
        reasons = reasons_of(found[name])
        open_ones[version] = [f"{one.place} {one.what}" for one, why in reasons.items() if not why]
        meant[version] = {f"{one.place} {one.what}": why for one, why in reasons.items() if why}
    return open_ones, meant


def calls_of(folder: Path, root: Path) -> dict[str, str]:
    """
    Where each operation is called: the first test that does, else the module of its helper.

    A call is known by its end, `….customers.members.list(…)`, whatever the client is called. A part
    of the client may have a name of its own: `members = polar.customers.members`, or the fixture
    that yields it.
    """
    found: dict[str, str] = {}
    helpers: dict[str, str] = {}
    for path in sorted(folder.glob("test_*.py")):
        module = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for place, name in _calls(tree, (), _fixtures(tree)):
            test = "::".join((module, *place))
            is_test = bool(place) and place[-1].startswith("test_")
            (found if is_test else helpers).setdefault(name, test if is_test else module)
    return {**helpers, **found}


def _calls(
    node: ast.AST, place: tuple[str, ...], parts: Parts
) -> Iterator[tuple[tuple[str, ...], str]]:
    for child in ast.iter_child_nodes(node):
        inner, known = place, parts
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = (*place, child.name)
        if isinstance(child, ast.FunctionDef):
            known = {**parts, **_named(child)}
        if isinstance(child, ast.Attribute):
            yield from ((place, name) for name in _ends_of(child, known))
        yield from _calls(child, inner, known)


def _fixtures(tree: ast.Module) -> Parts:
    """The functions of a module that give parts of the client away."""
    found: dict[str, tuple[str, ...]] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for given in ast.walk(function):
                if isinstance(given, ast.Return | ast.Yield):
                    known = found.get(function.name, ())
                    found[function.name] = (*known, *_parts_in(given.value))
    return found


def _named(function: ast.FunctionDef) -> Parts:
    """The names that a function gives to parts of the client."""
    return {
        node.targets[0].id: _parts_in(node.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def _parts_in(value: ast.expr | None) -> tuple[str, ...]:
    return _ends_of(value, {}) if isinstance(value, ast.Attribute) else ()


def _ends_of(node: ast.Attribute, named: Parts) -> tuple[str, ...]:
    """`a.b.c` for `client.a.b.c`, and for `b.c` where `b` is a name of `client.a.b`."""
    parts: list[str] = []
    value: ast.expr = node
    while isinstance(value, ast.Attribute):
        parts.append(value.attr)
        value = value.value
    end = ".".join(reversed(parts))
    beginnings = named.get(value.id, ()) if isinstance(value, ast.Name) else ()
    return tuple(f"{beginning}.{end}" for beginning in beginnings) or (end,)


def _refusals(folder: Path) -> set[str]:
    """The operations whose declared errors are provoked."""
    found: set[str] = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                found |= {
                    key.value
                    for key in node.keys
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
    return found


def as_page(rows: list[Row]) -> str:
    """The table as a page of the documentation."""
    versions = settings.API_VERSIONS
    lines = [
        "# Compatibility with the official SDK",
        "",
        "Made by `./manage.py compatibility --write` from the installed `polar-sdk`, the URLs that",
        "are served, and the tests; `make test` fails when it is out of date. An operation is",
        "*served* when a route answers its method and path. *Refusals* says that each error that",
        "the SDK declares for it is provoked through the SDK, in every version. *Conforms* says",
        "that our OpenAPI document takes all that the SDK can send and promises only what it can",
        "read, but for the differences that are listed below with their reasons.",
        "",
        "| version | operations | served | called by a test | refusals proven | conform |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for version in versions:
        there = [row for row in rows if row.served[version] is not None]
        served = [row for row in there if row.served[version]]
        called = sum(1 for row in served if row.test)
        refused = sum(1 for row in served if row.has_refusals)
        conform = sum(1 for row in served if row.differences.get(version) == [])
        counts = (len(there), len(served), called, refused, conform)
        lines.append(f"| {version} | {' | '.join(map(str, counts))} |")
    head = " | ".join(versions)
    lines += [
        "",
        f"| operation | request | {head} | conforms | refusals | test |",
        f"|---|---|{'---|' * len(versions)}---|---|---|",
    ]
    for row in rows:
        marks = " | ".join(_MARKS[row.served[version]] for version in versions)
        refusals = "yes" if row.has_refusals else ""
        test = f"`{row.test.removeprefix('tests/journeys/')}`" if row.test else ""
        request = f"`{row.method} {row.path}`"
        cells = (f"`{row.name}`", request, marks, _verdict(row), refusals, test)
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Differences", "", "| operation | what | reason |", "|---|---|---|"]
    for row in rows:
        meant = {what: why for found in row.deliberate.values() for what, why in found.items()}
        lines += [f"| `{row.name}` | `{what}` | {why} |" for what, why in sorted(meant.items())]
    return "\n".join(lines) + "\n"


def _verdict(row: Row) -> str:
    if not row.differences:
        return ""
    found = {one for places in row.differences.values() for one in places}
    if found:
        return f"{len(found)} differences"
    return "but for what is below" if any(row.deliberate.values()) else "yes"


_MARKS = {True: "served", False: "not yet", None: "–"}
