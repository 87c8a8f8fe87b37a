"""The team of a customer, looked after by its owner and billing managers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar, TypedDict
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.api.shapes import OneOf
from apps.core.errors import DomainError, NotPermitted
from apps.customers.api.member_inputs import (
    PortalMemberCreateInput,
    PortalMemberUpdateInput,
    member_input,
)
from apps.customers.api.portal import READ, WRITE, PortalView
from apps.customers.models import Customer, Member
from apps.customers.operations import LastOwner, create_member, delete_member, update_member
from apps.customers.selectors import living_member, living_members


class OwnMembership(DomainError):
    """Nobody takes themselves out, or another role."""

    status: ClassVar[int] = 400
    message: ClassVar[str] = "Your own membership can only be changed by another member."


class PortalMemberBody(TypedDict):
    """A member, as the others see them."""

    id: UUID
    created_at: datetime
    modified_at: datetime | None
    email: str
    name: str | None
    role: Annotated[str, OneOf(Member.Role.values)]


def present_portal_member(member: Member) -> PortalMemberBody:
    """What the team sees of one of them."""
    return {
        "id": member.pk,
        "created_at": member.created_at,
        "modified_at": member.modified_at,
        "email": member.email,
        "name": member.name,
        "role": member.role,
    }


class _Team(PortalView):
    """A team customer, asked by somebody who may decide for it."""

    def team(self) -> Customer:
        """
        The customer.

        :raises NotPermitted: if it is a person, or who asks is a plain member.
        """
        self.require_payer()
        if self.customer.type != Customer.Type.TEAM:
            raise NotPermitted("Only a team has members.")
        return self.customer

    def other(self) -> Member:
        """
        The member that the path names, who is not the one who asks.

        :raises ResourceNotFound: if there is none.
        :raises OwnMembership: for themselves.
        """
        found = self.anybody()
        if found.pk == self.member.pk:
            raise OwnMembership
        return found

    def anybody(self) -> Member:
        """
        The member that the path names.

        :raises ResourceNotFound: if there is none.
        """
        found = living_member(self.customer, self.id_from())
        self.team()
        return found


class PortalMembersView(_Team):
    """The members of the team."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List members",
        operation_id="customer_portal:members:list",
        answer=PortalMemberBody,
        is_list=True,
        errors=(403,),
    )
    def get(self, request: Request) -> Any:
        """One page, the first member first."""
        rows = living_members(self.team()).order_by(
            *sorting(request, {"created_at": "created_at"}, ["created_at"])
        )
        return paginate(rows, request, present_portal_member)

    @documented(
        "Add a member",
        operation_id="customer_portal:members:create",
        body=PortalMemberCreateInput,
        answer=PortalMemberBody,
        status=201,
        errors=(400, 403),
    )
    def post(self, request: Request) -> Any:
        """The new member, or the one who has this e-mail already."""
        values = self.read(PortalMemberCreateInput)
        team = self.team()
        if values["role"] == Member.Role.OWNER:
            raise LastOwner
        member = create_member(customer_id=team.pk, data=member_input(values), origin=self.origin())
        return self.created(present_portal_member(member))


class PortalMemberView(_Team):
    """One other member of the team."""

    scopes = {"PATCH": WRITE, "DELETE": WRITE}

    @documented(
        "Update a member",
        operation_id="customer_portal:members:update",
        body=PortalMemberUpdateInput,
        answer=PortalMemberBody,
        errors=(400, 403, 404),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The member with another name or role; only the owner hands the team over."""
        member = self.anybody()
        changes = self.read(PortalMemberUpdateInput)
        if changes.get("role"):
            self.other()
        if changes.get("role") == Member.Role.OWNER != self.member.role:
            raise NotPermitted("Only the owner can make another member the owner.")
        changed = update_member(
            customer_id=member.customer_id,
            member_id=member.pk,
            changes=changes,
            origin=self.origin(),
        )
        return present_portal_member(changed)

    @documented(
        "Remove a member",
        operation_id="customer_portal:members:delete",
        status=204,
        errors=(400, 403, 404),
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        """Nothing; the member is gone, and their seats are free."""
        member = self.other()
        delete_member(customer_id=member.customer_id, member_id=member.pk, origin=self.origin())
        return self.no_content()
