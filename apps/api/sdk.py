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
from typing import Any, get_args, get_type_hints


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of a service. `errors` maps the code on the wire to the class it is raised as."""

    # As a client calls it: `customers.members.list`.
    name: str
    method: str
    # With `{}` for each part that varies.
    path: str
    errors: dict[str, type[Exception]]


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
        declared: dict[str, type[Exception]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("build_request"):
                facts = {
                    str(keyword.arg): keyword.value.value
                    for keyword in node.keywords
                    if isinstance(keyword.value, ast.Constant)
                    and isinstance(keyword.value.value, str)
                }
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "method_errors":
                for value in getattr(node.value, "values", []):
                    declared |= _codes(getattr(errors, ast.unparse(value)))
        if facts:
            yield Operation(
                f"{name}.{function.name}", facts["method"], shape(facts["url"]), declared
            )


def _codes(error: Any) -> dict[str, type[Exception]]:
    """The codes that come as this class: several where it stands for a union."""
    if error.error_type is None or error.__name__ == "HTTPValidationError":
        return {error.__name__: error}
    models = get_args(error.error_type) or (error.error_type,)
    return {get_args(get_type_hints(model)["error"])[0]: error for model in models}
