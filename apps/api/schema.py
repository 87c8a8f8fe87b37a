"""What the documentation says about an endpoint, from the types of its presenters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import resolve_type_hint
from drf_spectacular.utils import OpenApiParameter, extend_schema

_PORTAL = "customer_portal:"

F = TypeVar("F", bound=Callable[..., Any])

_PAGINATION = {
    "type": "object",
    "properties": {"total_count": {"type": "integer"}, "max_page": {"type": "integer"}},
    "required": ["total_count", "max_page"],
}
_ERROR = {
    "type": "object",
    "properties": {"error": {"type": "string"}, "detail": {"type": "string"}},
    "required": ["error", "detail"],
}
_PROBLEM = {
    "type": "object",
    "properties": {
        "loc": {"type": "array", "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]}},
        "msg": {"type": "string"},
        "type": {"type": "string"},
        "input": {},
    },
    "required": ["loc", "msg", "type"],
}
_VALIDATION_ERROR = {
    "type": "object",
    "properties": {
        "error": {"type": "string"},
        "detail": {"type": "array", "items": _PROBLEM},
    },
    "required": ["error", "detail"],
}


def documented(
    summary: str,
    *,
    operation_id: str,
    body: Any = None,
    answer: Any = None,
    status: int = 200,
    is_list: bool = False,
    errors: tuple[int, ...] = (),
    query: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """
    Describe a method of a view.

    `answer` is the TypedDict its presenter returns; `errors` the refusals beyond 401, 422 and
    429; `query` the filters of a list.
    """
    resolve: Callable[[Any], Any] = resolve_type_hint
    schema: Any = resolve(answer) if answer is not None else None
    if is_list:
        schema = {
            "type": "object",
            "properties": {"items": {"type": "array", "items": schema}, "pagination": _PAGINATION},
            "required": ["items", "pagination"],
        }
    responses: dict[int, Any] = {status: schema}
    responses |= dict.fromkeys((401, 429, *errors), _ERROR)
    responses[422] = _VALIDATION_ERROR
    names = [*query, *(("page", "limit", "sorting") if is_list else ())]
    return extend_schema(
        summary=summary,
        operation_id=operation_id,
        request=body,
        responses=responses,
        parameters=[OpenApiParameter(name, str, required=False) for name in names],
    )


class ApiSchema(AutoSchema):
    """Groups the endpoints by resource and names the scopes they take."""

    def get_tags(self) -> list[str]:
        """The first part of the path after the version."""
        return [self.path.removeprefix("/v1/").split("/")[0]]

    def get_description(self) -> str:  # type: ignore[override]
        """The view's own words, and the scopes of which one is needed."""
        scopes = getattr(self.view, "scopes", {}).get(self.method, ())
        needed = " ".join(f"`{scope}`" for scope in scopes)
        return f"**Scopes**: {needed}" if needed else "No credential is needed."

    def get_operation(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """What serves merchants and customers alike goes by a name of its own at each."""
        operation: Any = super().get_operation(path, *args, **kwargs)
        if operation and path.startswith("/v1/customer-portal/"):
            name = operation["operationId"].removeprefix(_PORTAL)
            operation["operationId"] = _PORTAL + name
        return operation


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The access token, as the documentation explains it."""

    target_class = "apps.organizations.api.authentication.AccessTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "`polar_oat_…`"}


class CustomerBearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The token of a customer's session, as the documentation explains it."""

    target_class = "apps.customers.api.portal.CustomerSessionAuthentication"
    name = "customerSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "`polar_cst_…`"}
