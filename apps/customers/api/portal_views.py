"""What a customer's session says of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypedDict
from uuid import UUID

from rest_framework.request import Request

from apps.api.schema import documented
from apps.api.shapes import OneOf
from apps.customers.api.portal import READ, PortalView
from apps.customers.models import Member


class IntrospectedSessionBody(TypedDict):
    """How long a session lasts, and where its back button leads."""

    expires_at: datetime
    return_url: str | None


class AuthenticatedUserBody(TypedDict):
    """Who holds a session: always in the person of a member, `role` says what they may do."""

    type: str
    name: str | None
    email: str
    customer_id: UUID
    member_id: UUID | None
    role: Annotated[str, OneOf(Member.Role.values)] | None


class PortalSessionView(PortalView):
    """The session itself."""

    scopes = {"GET": READ}

    @documented(
        "Introspect a customer session",
        operation_id="customer_portal:customer_session:introspect",
        answer=IntrospectedSessionBody,
    )
    def get(self, request: Request) -> Any:
        """Until when it holds."""
        session = self.session
        return IntrospectedSessionBody(expires_at=session.expires_at, return_url=session.return_url)


class PortalUserView(PortalView):
    """The person who holds the session."""

    scopes = {"GET": READ}

    @documented(
        "Get the authenticated user",
        operation_id="customer_portal:customer_session:get_authenticated_user",
        answer=AuthenticatedUserBody,
    )
    def get(self, request: Request) -> Any:
        """The member."""
        member = self.member
        return AuthenticatedUserBody(
            type="member",
            name=member.name,
            email=member.email,
            customer_id=member.customer_id,
            member_id=member.pk,
            role=member.role,
        )
