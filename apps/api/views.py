"""The base of every endpoint: credential, limit, scope, input, idempotency, answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, ClassVar, cast
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.api import idempotency
from apps.api.errors import MethodNotAllowed
from apps.api.inputs import read_input
from apps.api.limits import client_address, limit_anonymous, limit_organization, require_within
from apps.api.pages import paginate_own
from apps.api.parsers import load
from apps.api.query import Query, parse_uuid
from apps.api.versions import version_of
from apps.api.wire import json_response
from apps.core.errors import Unauthorized, ValidationFailed
from apps.core.origin import Actor, Door, Origin, build_origin
from apps.core.replica import note_caller

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class ApiView(APIView):
    """
    One path of the API. Methods return JSON-ready data (200) or a response.

    `scopes` lists the acceptable scopes of each method, any one suffices. `is_public` paths take
    no credential and are limited by address. `is_atomic = False` is for writes that commit in
    steps (see `idempotency.answer_once`).
    """

    scopes: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    is_public: ClassVar[bool] = False
    is_atomic: ClassVar[bool] = True
    http_method_names: ClassVar[list[str]] = ["get", "post", "put", "patch", "delete", "head"]  # type: ignore[misc]

    # Takes the organization's place while the SQL of a list is made.
    _stand_in: Any = None

    @property
    def organization(self) -> Any:
        """The organization of the access token; None on a public path."""
        return self._stand_in or self.request.user

    @property
    def query(self) -> Query:
        """The query parameters, read strictly."""
        return Query(self.request.GET)

    @property
    def api_version(self) -> str:
        """The version of the API that the request speaks."""
        return version_of(self.request._request)

    def origin(self) -> Origin:
        """Who asks, and when, by the clock of the organization."""
        if self.request.auth is None:
            return build_origin(actor=Actor.CUSTOMER, door=Door.API)
        return build_origin(
            actor=Actor.MERCHANT,
            door=Door.API,
            actor_id=str(self.request.auth.pk),
            actor_label=str(self.request.auth)[:200],
            clock_offset=self.organization.clock_offset,
            idempotency_key=idempotency.key_of(self.request._request) or "",
        )

    def id_from(self, name: str = "id") -> UUID:
        """The id in the path; SchemaInvalid if it is none."""
        return parse_uuid(self.kwargs[name], "path", name)

    def body(self) -> Any:
        """The JSON body."""
        return load(self.request._request.body)

    def read(
        self,
        serializer: type[serializers.Serializer[Any]],
        *,
        partial: bool = False,
        is_strict: bool = False,
    ) -> dict[str, Any]:
        """The body, checked; SchemaInvalid lists what does not fit."""
        return read_input(serializer, self.body(), partial=partial, is_strict=is_strict)

    def refuse_organization_id(self, values: dict[str, Any]) -> None:
        """
        Take `organization_id` out of a body: the token says whose the new object is.

        :raises ValidationFailed: if the body says it as well.
        """
        named = values.pop("organization_id", None)
        if named is not None:
            raise ValidationFailed.at(
                "body",
                "organization_id",
                msg="Omit this with an organization access token.",
                value=named,
                kind="organization_token",
            )

    def page(self, build: Callable[[], QuerySet[Any]], present: Callable[[Any], Any]) -> Any:
        """
        One page of the rows that `build` asks for (see `apps.api.pages`).

        `build` may use the organization's id and the query parameters, and nothing else of the
        request: its SQL serves every organization.
        """
        return self.page_of_all(build, lambda rows: [present(row) for row in rows])

    def page_of_all(
        self, build: Callable[[], QuerySet[Any]], present_all: Callable[[list[Any]], list[Any]]
    ) -> Any:
        """As `page`, for rows that are presented together since they share what is beside them."""

        def rows(organization_id: UUID) -> QuerySet[Any]:
            self._stand_in = SimpleNamespace(pk=organization_id)
            try:
                return build()
            finally:
                self._stand_in = None

        return paginate_own(
            rows, self.request, present_all, organization_id=self.organization.pk, name=type(self)
        )

    def created(self, data: Any) -> HttpResponse:
        """The answer to a creation."""
        return json_response(data, 201)

    def no_content(self) -> HttpResponse:
        """The answer to a deletion."""
        return HttpResponse(status=204)

    def idempotency_scope(self) -> UUID | None:
        """Whose keys the request's `Idempotency-Key` is looked up among; None: ignored."""
        return self.organization.pk if self.request.auth is not None else None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request; whatever goes wrong becomes an answer as well."""
        self.args, self.kwargs, self.headers = args, kwargs, {}
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            handler = self._handler()
            self.initial(self.request, *args, **kwargs)
            response = self._answer(handler)
        except Exception as error:
            response = self.handle_exception(error)
        return self.finalize_response(self.request, cast(Any, response), *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Negotiate, identify, limit, permit: in this order."""
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(
            request
        )
        if self.is_public:
            self.count_request()
            return
        try:
            self.perform_authentication(request)
            if request.auth is None:
                raise Unauthorized()
        except Unauthorized:
            limit_anonymous(request._request)
            raise
        note_caller(f"{type(request.auth).__name__}:{request.auth.pk}")
        self.count_request()
        self.check_permissions(request)

    def count_request(self) -> None:
        """
        Count the request against the limit of its caller: the address, or the organization.

        :raises RateLimited: if it is exceeded.
        """
        if self.is_public:
            rule = (settings.API_RATE_LIMITS["default"], 60)
            require_within("public", client_address(self.request._request), [rule])
        else:
            # Who looks on as a merchant takes nothing of what its own programs may ask.
            counted = getattr(self.request.auth, "counted_as", None) or self.organization.pk
            limit_organization(counted, self.organization.rate_group)

    def get_authenticators(self) -> list[Any]:
        """None on a public path, whatever credential comes along."""
        return [] if self.is_public else super().get_authenticators()

    def _handler(self) -> Callable[..., Any]:
        method = (self.request.method or "").lower()
        handler = getattr(self, method, None) if method in self.http_method_names else None
        if handler is None:
            known = [name for name in self.http_method_names if hasattr(self, name)]
            self.headers["Allow"] = ", ".join(name.upper() for name in known)
            raise MethodNotAllowed()
        return handler  # type: ignore[no-any-return]

    def _answer(self, handler: Callable[..., Any]) -> HttpResponse:
        def write() -> HttpResponse:
            result = handler(self.request, *self.args, **self.kwargs)
            return result if isinstance(result, HttpResponseBase) else json_response(result)  # type: ignore[return-value]

        if self.request.method not in WRITES:
            return write()
        key = idempotency.key_of(self.request._request)
        scope = self.idempotency_scope() if key else None
        if key is None or scope is None:
            return write()
        return idempotency.answer_once(
            self.request._request,
            organization_id=scope,
            key=key,
            write=write,
            is_atomic=self.is_atomic,
        )
