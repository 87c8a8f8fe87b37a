"""What the installed SDK declares: its operations, and the errors that it knows of each."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Unpack, get_args, get_origin, get_overloads, get_type_hints


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of a service. `errors` maps the code on the wire to the class it is raised as."""

    # As a client calls it: `customers.members.list`.
    name: str
    method: str
    # With `{}` for each part that varies.
    path: str
    errors: dict[str, type[Exception]]
    # Their codes by the status; none where the SDK does not look at the body.
    statuses: dict[int, frozenset[str]]
    # The type of the answer, None where none is read as JSON; those of the body, one for each way
    # to call it; and of the query parameters.
    answer: Any
    bodies: tuple[Any, ...]
    query: dict[str, Any]


@cache
def operations_of(version: str) -> dict[str, Operation]:
    """All operations of a version by name."""
    package = f"polar.v{version.replace('-', '_')}"
    errors = import_module(f"{package}.errors")
    found: dict[str, Operation] = {}
    for name, module in _services(import_module(f"{package}.services"), ""):
        for kind, service in inspect.getmembers(module, inspect.isclass):
            if kind.endswith("Sync") and service.__module__ == module.__name__:
                for operation in _operations(name, service, errors):
                    found[operation.name] = operation
    return found


def shape(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{\w+\}", "{}", path)


def _services(package: ModuleType, prefix: str) -> Iterator[tuple[str, ModuleType]]:
    for info in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{info.name}")
        yield f"{prefix}{info.name}", module
        if info.ispkg:
            yield from _services(module, f"{prefix}{info.name}.")


def _operations(name: str, service: type, errors: ModuleType) -> Iterator[Operation]:
    tree = ast.parse(inspect.getsource(service))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        facts: dict[str, str] = {}
        query: list[str] = []
        declared: dict[str, type[Exception]] = {}
        statuses: dict[int, frozenset[str]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("build_request"):
                facts, query = _request(node)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "method_errors":
                table = node.value
                for key, value in zip(
                    getattr(table, "keys", []), getattr(table, "values", []), strict=True
                ):
                    error = getattr(errors, ast.unparse(value))
                    codes = _codes(error)
                    declared |= codes
                    statuses[key.value] = frozenset(codes if error.error_type else ())
        if facts:
            method = getattr(service, function.name)
            hints = get_type_hints(method)
            yield Operation(
                name=f"{name}.{function.name}",
                method=facts["method"],
                path=shape(facts["url"]),
                errors=declared,
                statuses=statuses,
                answer=hints["return"] if "parse_response_json" in ast.unparse(function) else None,
                bodies=tuple(_bodies(method)),
                query={parameter: hints[parameter] for parameter in query},
            )


def _request(call: ast.Call) -> tuple[dict[str, str], list[str]]:
    """The method and address of a request, and the names of its query parameters."""
    facts: dict[str, str] = {}
    query: list[str] = []
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str):
            facts[str(keyword.arg)] = keyword.value.value
        if keyword.arg == "query_params" and isinstance(keyword.value, ast.Dict):
            query = [ast.literal_eval(key) for key in keyword.value.keys if key is not None]
    return facts, query


def _bodies(method: Any) -> Iterator[Any]:
    """What may be given as the body, from the signatures of a method."""
    for one in get_overloads(method) or [method]:
        hint = get_type_hints(one).get("kwargs")
        if get_origin(hint) is Unpack:
            yield get_args(hint)[0]


def _codes(error: Any) -> dict[str, type[Exception]]:
    """The codes that come as this class: several where it stands for a union."""
    if error.error_type is None or error.__name__ == "HTTPValidationError":
        return {error.__name__: error}
    models = get_args(error.error_type) or (error.error_type,)
    return {get_args(get_type_hints(model)["error"])[0]: error for model in models}
