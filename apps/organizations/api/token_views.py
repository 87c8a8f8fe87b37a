"""Organization access tokens over the merchant API."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, TypedDict, cast
from uuid import UUID

from django.http import HttpResponse
from django.utils.dateparse import parse_duration
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from apps.api.inputs import TextField
from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.api.shapes import OneOf
from apps.api.views import ApiView
from apps.core.clock import system_time
from apps.core.errors import ValidationFailed
from apps.core.origin import Origin
from apps.organizations.models import AccessToken
from apps.organizations.operations import (
    issue_access_token,
    revoke_access_token,
    update_access_token,
)
from apps.organizations.querysets import TenantQuerySet
from apps.organizations.scopes import ALL_SCOPES, GRANTABLE_SCOPES, RESERVED_SCOPES
from apps.organizations.selectors import living_access_tokens

READ = RESERVED_SCOPES
WRITE = (RESERVED_SCOPES[1],)
SORTING = {
    "created_at": "created_at",
    "comment": "comment",
    "last_used_at": "last_used_at",
    # Of one organization, so the order by it is the order of their making.
    "organization_id": "created_at",
}
LONGEST = timedelta(days=10 * 366)


class AccessTokenBody(TypedDict):
    """A token without its text."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    scopes: list[Annotated[str, OneOf(GRANTABLE_SCOPES)]]
    expires_at: datetime | None
    comment: str
    last_used_at: datetime | None
    organization_id: UUID


class AccessTokenCreatedBody(TypedDict):
    """A new token, and its text, which is shown this once."""

    organization_access_token: AccessTokenBody
    token: str


@extend_schema_field({"type": "string", "format": "duration"})
class LifetimeField(serializers.Field[timedelta, Any, Any, Any]):
    """A duration as ISO 8601 writes it, such as P30D: more than nothing, at most ten years."""

    def to_internal_value(self, data: Any) -> timedelta:
        """The duration."""
        try:
            found = parse_duration(data) if isinstance(data, str) and "P" in data else None
        except (ValueError, OverflowError):
            found = None
        if found is None or not timedelta() < found <= LONGEST:
            message = "Input should be a duration such as P30D, of at most ten years"
            raise serializers.ValidationError(message, "time_delta_parsing")
        return found


class _ScopesField(serializers.ListField):
    child = serializers.ChoiceField(choices=ALL_SCOPES)


class AccessTokenCreateInput(serializers.Serializer[Any]):
    """A new token: what it may do, and for how long."""

    comment = TextField(min_length=1, max_length=200)
    scopes = _ScopesField(allow_empty=False)
    expires_in = LifetimeField(required=False, allow_null=True)
    organization_id = TextField(required=False, allow_null=True)


class AccessTokenUpdateInput(serializers.Serializer[Any]):
    """A change of a token; what is absent stays."""

    comment = TextField(required=False, allow_null=True, min_length=1, max_length=200)
    scopes = _ScopesField(required=False, allow_null=True, allow_empty=False)


class AccessTokenViewBase(ApiView):
    """
    What the endpoints of tokens share.

    A token gives another only what it has itself, and never the right to manage tokens.
    """

    def origin(self) -> Origin:
        """By the machine's clock: tokens know nothing of test clocks."""
        return replace(super().origin(), at=system_time())

    def rows(self) -> TenantQuerySet[AccessToken]:
        """The organization's tokens that hold or have expired."""
        return living_access_tokens(self.organization)

    def require_own(self, scopes: list[str] | None) -> None:
        """:raises ValidationFailed: if the caller has not all of these."""
        held = cast(AccessToken, self.request.auth).scopes
        missing = sorted(set(scopes or ()) - set(held))
        if missing:
            raise ValidationFailed.at(
                "body",
                "scopes",
                msg=f"You do not have these scopes yourself: {' '.join(missing)}.",
                value=scopes,
            )


class AccessTokensView(AccessTokenViewBase):
    """The tokens of an organization."""

    scopes: ClassVar = {"GET": READ, "POST": WRITE}

    @documented(
        "List organization access tokens",
        operation_id="organization_access_tokens:list",
        answer=AccessTokenBody,
        is_list=True,
        sorting=SORTING,
        query=("organization_id",),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        rows = self.rows()
        wanted = self.query.uuids("organization_id")
        if wanted is not None:
            rows = rows.filter(organization_id__in=wanted)
        rows = rows.order_by(*sorting(request, SORTING, ["-created_at"]))
        return paginate(rows, request, present_access_token)

    @documented(
        "Create an organization access token",
        operation_id="organization_access_tokens:create",
        body=AccessTokenCreateInput,
        answer=AccessTokenCreatedBody,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """The new token and its text."""
        values = self.read(AccessTokenCreateInput)
        self.refuse_organization_id(values)
        self.require_own(values["scopes"])
        origin, lasts = self.origin(), values.get("expires_in")
        token, plaintext = issue_access_token(
            organization_id=self.organization.pk,
            comment=values["comment"],
            scopes=values["scopes"],
            expires_at=origin.at + lasts if lasts else None,
            origin=origin,
        )
        return self.created(
            {"organization_access_token": present_access_token(token), "token": plaintext}
        )

    def idempotency_scope(self) -> None:
        """No answer of these is kept: it would be a second copy of the text."""
        return


class AccessTokenView(AccessTokenViewBase):
    """One token."""

    scopes: ClassVar = {"PATCH": WRITE, "DELETE": WRITE}

    @documented(
        "Update an organization access token",
        operation_id="organization_access_tokens:update",
        body=AccessTokenUpdateInput,
        answer=AccessTokenBody,
        errors=(404,),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The token, changed."""
        token = self.rows().get_or_refuse(pk=self.id_from())
        values = self.read(AccessTokenUpdateInput)
        self.require_own(values.get("scopes"))
        return present_access_token(
            update_access_token(
                token_id=token.pk,
                comment=values.get("comment"),
                scopes=values.get("scopes"),
                origin=self.origin(),
            )
        )

    @documented(
        "Delete an organization access token",
        operation_id="organization_access_tokens:delete",
        status=204,
        errors=(404,),
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        """Nothing; requests with the token are refused from now on."""
        token = self.rows().get_or_refuse(pk=self.id_from())
        revoke_access_token(token_id=token.pk, origin=self.origin())
        return self.no_content()


def present_access_token(token: AccessToken) -> AccessTokenBody:
    """A token, never its text."""
    return {
        "id": token.pk,
        "created_at": token.created_at,
        "modified_at": token.modified_at,
        "scopes": token.scopes,
        "expires_at": token.expires_at,
        "comment": token.comment,
        "last_used_at": token.last_used_at,
        "organization_id": token.organization_id,
    }
