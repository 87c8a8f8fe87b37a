"""Operations and where they answer: one Django view per path, dispatching on the method."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from .params import EXPAND, Kind

Obj = dict[str, Any]
Handler = Callable[..., Obj]


@dataclass(frozen=True)
class Operation:
    """`handler(call, params, **path_values)` returns the answer as an object."""

    method: str
    path: str
    handler: Handler
    params: Mapping[str, Kind]
    browser: bool = False  # allowed to a publishable key


class Resource:
    """Collects the operations of one module."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def on(
        self,
        method: str,
        path: str,
        params: Mapping[str, Kind] | None = None,
        *,
        browser: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Register a handler for a method and path."""

        def register(handler: Handler) -> Handler:
            known = {**(params or {}), "expand": EXPAND}
            self.operations.append(Operation(method, path, handler, known, browser))
            return handler

        return register


def urlpatterns(resources: list[Resource]) -> list[URLPattern]:
    """Django routes of all operations. Literal paths come before those with ids."""
    from .dispatch import answer

    by_path: dict[str, dict[str, Operation]] = {}
    for resource in resources:
        for operation in resource.operations:
            by_path.setdefault(operation.path, {})[operation.method] = operation
    patterns = []
    for route, operations in sorted(by_path.items(), key=lambda item: item[0].count("<")):

        def view(
            request: HttpRequest, operations: dict[str, Operation] = operations, **values: str
        ) -> HttpResponse:
            return answer(request, operations, values)

        patterns.append(path(route.lstrip("/"), view))
    return patterns
