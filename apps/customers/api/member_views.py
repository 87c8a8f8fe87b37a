"""Members of customers over the merchant API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.core.errors import NotPermitted, SchemaInvalid, ValidationFailed
from apps.customers.api.member_inputs import (
    ROLES,
    MemberCreateInput,
    MemberUpdateInput,
    member_input,
)
from apps.customers.api.presenters import MemberBody, present_member
from apps.customers.api.views import CustomerLookup
from apps.customers.models import Customer, Member
from apps.customers.operations import LastOwner, create_member, delete_member, update_member
from apps.customers.selectors import living_member, living_members, member_by_external_id

READ: Final = ("members:read", "members:write")
WRITE: Final = ("members:write",)
SORTING: Final = {"created_at": "created_at"}


class MembersView(CustomerLookup):
    """The members of a customer."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List members",
        operation_id="customers:members:list",
        answer=MemberBody,
        is_list=True,
        errors=(404,),
        query=("role",),
    )
    def get(self, request: Request, **path: str) -> Any:
        """One page."""
        role = self.query.text("role")
        if role is not None and role not in ROLES:
            raise SchemaInvalid.at(
                "query", "role", msg="There is no such role.", value=role, kind="literal_error"
            )
        rows = among(living_members(self.customer()), role=[role] if role else None)
        return paginate(
            rows.order_by(*sorting(request, SORTING, ["-created_at"])), request, present_member
        )

    @documented(
        "Create a member",
        operation_id="customers:members:create",
        body=MemberCreateInput,
        answer=MemberBody,
        status=201,
        errors=(403, 404),
    )
    def post(self, request: Request, **path: str) -> Any:
        """The new member, or the one who has this e-mail already."""
        customer = self.customer()
        values = self.read(MemberCreateInput)
        if customer.type != Customer.Type.TEAM:
            raise NotPermitted("Only a team has members.")
        member = create_member(
            customer_id=customer.pk, data=member_input(values), origin=self.origin()
        )
        return self.created(present_member(member))


class MemberView(CustomerLookup):
    """One member of a customer."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    def member(self) -> Member:
        """
        The member that the path names.

        :raises ResourceNotFound: if there is none, or no such customer.
        """
        customer = self.customer()
        if "member_external_id" in self.kwargs:
            return member_by_external_id(customer, self.kwargs["member_external_id"])
        return living_member(customer, self.id_from("member_id"))

    @documented(
        "Get a member",
        operation_id="customers:members:get",
        answer=MemberBody,
        errors=(404,),
    )
    def get(self, request: Request, **path: str) -> Any:
        """The member."""
        return present_member(self.member())

    @documented(
        "Update a member",
        operation_id="customers:members:update",
        body=MemberUpdateInput,
        answer=MemberBody,
        errors=(404,),
    )
    def patch(self, request: Request, **path: str) -> Any:
        """The member, changed; a new owner takes over from the one before."""
        member = self.member()
        changes = self.read(MemberUpdateInput)
        with _located("body", "role"):
            changed = update_member(
                customer_id=member.customer_id,
                member_id=member.pk,
                changes=changes,
                origin=self.origin(),
            )
        return present_member(changed)

    @documented(
        "Delete a member", operation_id="customers:members:delete", status=204, errors=(404,)
    )
    def delete(self, request: Request, **path: str) -> HttpResponse:
        """Nothing; the member is gone, and their seats are free."""
        member = self.member()
        with _located("path", "member_id"):
            delete_member(customer_id=member.customer_id, member_id=member.pk, origin=self.origin())
        return self.no_content()


class ExternalMembersView(MembersView):
    """The members of a customer, by the merchant's id of the customer."""

    @documented(
        "List members by external ID",
        operation_id="customers:members:list_external",
        answer=MemberBody,
        is_list=True,
        errors=(404, 409),
        query=("role",),
    )
    def get(self, request: Request, **path: str) -> Any:
        """One page."""
        return super().get(request, **path)

    @documented(
        "Create a member by external ID",
        operation_id="customers:members:create_external",
        body=MemberCreateInput,
        answer=MemberBody,
        status=201,
        errors=(403, 404, 409),
    )
    def post(self, request: Request, **path: str) -> Any:
        """The new member, or the one who has this e-mail already."""
        return super().post(request, **path)


class ExternalMemberView(MemberView):
    """One member, by the merchant's ids of the customer and the member."""

    @documented(
        "Get a member by external ID",
        operation_id="customers:members:get_external",
        answer=MemberBody,
        errors=(404, 409),
    )
    def get(self, request: Request, **path: str) -> Any:
        """The member."""
        return super().get(request, **path)

    @documented(
        "Update a member by external ID",
        operation_id="customers:members:update_external",
        body=MemberUpdateInput,
        answer=MemberBody,
        errors=(404, 409),
    )
    def patch(self, request: Request, **path: str) -> Any:
        """The member, changed."""
        return super().patch(request, **path)

    @documented(
        "Delete a member by external ID",
        operation_id="customers:members:delete_external",
        status=204,
        errors=(404, 409),
    )
    def delete(self, request: Request, **path: str) -> HttpResponse:
        """Nothing; the member is gone."""
        return super().delete(request, **path)


@contextmanager
def _located(*loc: str) -> Iterator[None]:
    """The refusals declared here are located ones."""
    try:
        yield
    except LastOwner as error:
        raise ValidationFailed.at(*loc, msg=error.detail) from error
