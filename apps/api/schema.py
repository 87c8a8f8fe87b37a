"""What the documentation says about an endpoint."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, extend_schema

from apps.api.document import COMPONENT_OF, mark, refusal_schema
from apps.api.shapes import Schema
from apps.core.errors import DomainError

_PORTAL = "customer_portal:"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})

F = TypeVar("F", bound=Callable[..., Any])

_INTEGER: Schema = {"type": "integer"}
_TEXT: Schema = {"type": "string"}
_PAGINATION: Schema = {
    "type": "object",
    "properties": {"total_count": _INTEGER, "max_page": _INTEGER},
    "required": ["total_count", "max_page"],
}
_SCALARS: dict[str, Schema] = {
    "page": {"type": "integer", "minimum": 1},
    "limit": {"type": "integer", "minimum": 1},
    "query": _TEXT,
    "timezone": _TEXT,
    "external_customer_id": {"type": "array", "items": _TEXT},
}
_FLAGS = frozenset(
    (
        *("active", "anonymize", "cancel_at_period_end", "immediately", "is_archived"),
        *("is_granted", "is_recurring", "succeeded"),
    )
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that takes a few words only, each of which may be given several times."""

    name: str
    values: Iterable[str]


@dataclass(frozen=True, slots=True)
class Text:
    """A parameter that takes one text."""

    name: str
    is_required: bool = False


def documented(
    summary: str,
    *,
    operation_id: str,
    body: Any = None,
    answer: Any = None,
    status: int = 200,
    is_list: bool = False,
    errors: tuple[int | type[DomainError], ...] = (),
    query: tuple[str | Choice | Text, ...] = (),
    sorting: Iterable[str] = (),
    media_type: str = "application/json",
) -> Callable[[F], F]:
    """
    Describe a method of a view.

    `answer` is the TypedDict its presenter returns; `errors` the refusals beyond those that any
    request may meet, by status or by class; `query` the filters of a list, and `sorting` the
    columns it can be sorted by.
    """
    schema: Any = None if answer is None else mark(answer)
    if media_type != "application/json":
        schema = {"type": "string"}
    if is_list:
        schema = {
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": schema},
                "pagination": _PAGINATION,
            },
            "required": ["items", "pagination"],
        }
    responses: dict[Any, Any] = {(status, media_type): schema} if status != 204 else {204: None}
    for code in sorted({401, 404, 422, 429, *(_status(one) for one in errors)}):
        responses[code] = _refusal(code, errors)
    filters = [_parameter(one) for one in (*query, *(("page", "limit") if is_list else ()))]
    if is_list:
        filters.append(_sorting(list(sorting)))
    return extend_schema(
        summary=summary,
        operation_id=operation_id,
        request=body,
        responses=responses,
        parameters=filters,
    )


def _status(error: int | type[DomainError]) -> int:
    return error if isinstance(error, int) else error.status


def _refusal(code: int, errors: tuple[int | type[DomainError], ...]) -> Schema:
    """What a status means, and what else it means here; named by its status, it may be anything."""
    name = COMPONENT_OF.get(code, "Error")
    if code in errors and code not in (401, 404, 422):
        name = "Error"
    arms = [_reference(name)]
    for one in errors:
        if not isinstance(one, int) and one.status == code:
            arms.append(refusal_schema(inspect.cleandoc(one.__doc__ or ""), one.__name__))
    return arms[0] if len(arms) == 1 else {"anyOf": arms}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(given: str | Choice | Text) -> OpenApiParameter:
    if isinstance(given, Choice):
        items: Schema = {"type": "string", "enum": [str(value) for value in given.values]}
        return OpenApiParameter(given.name, {"type": "array", "items": items}, required=False)
    if isinstance(given, Text):
        return OpenApiParameter(given.name, _TEXT, required=given.is_required)
    if given == "metadata":
        scalar: Schema = {"type": ["string", "integer", "number", "boolean"]}
        value: Schema = {"anyOf": [scalar, {"type": "array", "items": scalar}]}
        shape: Schema = {"type": "object", "additionalProperties": value}
        return OpenApiParameter(given, shape, required=False, style="deepObject", explode=True)
    return OpenApiParameter(given, _filter(given), required=False)


def _filter(name: str) -> Schema:
    if name in _SCALARS:
        return _SCALARS[name]
    if name in _FLAGS:
        return {"type": "boolean"}
    if name.endswith(("_after", "_before", "_timestamp")):
        return {"type": "string", "format": "date-time"}
    if name in ("id", "ids") or name.endswith("_id"):
        return {"type": "array", "items": {"type": "string", "format": "uuid"}}
    return {"type": "array", "items": _TEXT}


def _sorting(columns: list[str]) -> OpenApiParameter:
    terms = [f"{sign}{name}" for name in columns for sign in ("", "-")]
    items: Schema = {"type": "string", "enum": terms} if terms else _TEXT
    return OpenApiParameter("sorting", {"type": "array", "items": items}, required=False)


class ApiSchema(AutoSchema):
    """Groups the endpoints by resource and names the scopes they take."""

    def map_parsers(self) -> list[str]:
        """JSON, whatever a body calls itself."""
        return ["application/json"]

    def get_tags(self) -> list[str]:
        """The first part of the path after the version."""
        return [self.path.removeprefix("/v1/").split("/")[0]]

    def get_description(self) -> str:  # type: ignore[override]
        """The view's own words, and the scopes of which one is needed."""
        scopes = getattr(self.view, "scopes", {}).get(self.method, ())
        needed = " ".join(f"`{scope}`" for scope in scopes)
        return f"**Scopes**: {needed}" if needed else "No credential is needed."

    def get_operation(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """
        The operation, with what any request may be refused for.

        What serves merchants and customers alike goes by a name of its own at each.
        """
        operation: Any = super().get_operation(path, *args, **kwargs)
        if not operation:
            return operation
        if path.startswith("/v1/customer-portal/"):
            name = operation["operationId"].removeprefix(_PORTAL)
            operation["operationId"] = _PORTAL + name
        answers = operation["responses"]
        for code in self._usual_refusals():
            schema = _refusal(code, ())
            answers.setdefault(str(code), {"content": {"application/json": {"schema": schema}}})
        for wordless in getattr(self.view, "wordless", ()):
            content = answers[str(wordless)]["content"]["application/json"]
            content["schema"] = {"anyOf": [content["schema"], {"type": "null"}]}
        for code, answer in answers.items():
            answer["description"] = answer.get("description") or _REASONS.get(code, "")
        if "429" in answers:
            answers["429"]["headers"] = {
                "Retry-After": {"schema": _INTEGER, "description": "Seconds to wait."}
            }
        operation["responses"] = dict(sorted(answers.items()))
        return operation

    def _usual_refusals(self) -> set[int]:
        """A body without length, or too long; no scope; a key of an earlier request."""
        codes = {411, 413} if self.method in _WITH_BODY else set()
        if not getattr(self.view, "is_public", False):
            codes.add(403)
            if self.method != "GET":
                codes.add(409)
        return codes


_REASONS = {
    "400": "Not possible as things are.",
    "401": "No credential, or one that does not hold.",
    "402": "The payment failed.",
    "403": "The credential does not reach this.",
    "404": "No such object.",
    "409": "In conflict with what is there.",
    "410": "It is gone.",
    "411": "The body came without its length.",
    "412": "A condition does not hold.",
    "413": "The body is too large.",
    "422": "The input does not fit.",
    "429": "Too many requests.",
}


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
