"""Sessions of customers over the merchant API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, TypedDict
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from apps.api.inputs import TextField
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.clock import system_time
from apps.customers.api.presenters import AnyCustomer, present_customer
from apps.customers.links import portal_url
from apps.customers.operations import SessionInput, create_customer_session

LIFETIME: Final = timedelta(hours=1)


class CustomerSessionBody(TypedDict):
    """A session; `token` is told here and never again."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    token: str
    expires_at: datetime
    return_url: str | None
    customer_portal_url: str
    customer_id: UUID
    customer: AnyCustomer


class CustomerSessionCreateInput(serializers.Serializer[Any]):
    """A new session: exactly one of the two ids names the customer."""

    customer_id = serializers.UUIDField(required=False)
    external_customer_id = TextField(required=False)
    member_id = serializers.UUIDField(required=False, allow_null=True)
    external_member_id = TextField(required=False, allow_null=True)
    return_url = TextField(required=False, allow_null=True, max_length=2000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One customer."""
        if len({"customer_id", "external_customer_id"} & attrs.keys()) != 1:
            raise serializers.ValidationError(
                {"customer_id": ["Name the customer by one of the two ids"]}, "value_error"
            )
        return attrs


class CustomerSessionsView(ApiView):
    """Entries to the customers' own pages."""

    scopes = {"POST": ("customer_sessions:write",)}

    @documented(
        "Create a customer session",
        operation_id="customer_sessions:create",
        body=CustomerSessionCreateInput,
        answer=CustomerSessionBody,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """A new session of an hour."""
        session, token = create_customer_session(
            organization=self.organization,
            data=SessionInput(**self.read(CustomerSessionCreateInput)),
            expires_at=system_time() + LIFETIME,
            origin=self.origin(),
        )
        body: CustomerSessionBody = {
            "id": session.pk,
            "created_at": session.created_at,
            "modified_at": session.modified_at,
            "token": token,
            "expires_at": session.expires_at,
            "return_url": session.return_url,
            "customer_portal_url": portal_url(self.organization, token),
            "customer_id": session.customer_id,
            "customer": present_customer(session.customer),
        }
        return self.created(body)

    def idempotency_scope(self) -> None:
        """No answer is kept: it holds the token."""
        return
