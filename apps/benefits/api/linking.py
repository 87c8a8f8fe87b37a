"""Accounts of customers at other services: linked, listed, unlinked."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from rest_framework.request import Request

from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.benefits.models import LinkedAccount
from apps.benefits.operations.connecting import unlink_account
from apps.benefits.operations.linking import begin_link
from apps.benefits.selectors import grants_for, linked_accounts_of
from apps.core.clock import system_time
from apps.customers.api.portal import READ, WRITE, PortalView

SORTING = {"created_at": "created_at"}


class LinkBody(TypedDict):
    """Where the customer is to be sent, once and soon."""

    provider: str
    url: str
    expires_at: datetime


class CustomerAccountBody(TypedDict):
    """An account at another service."""

    created_at: datetime
    id: UUID
    provider: str
    account_id: str
    account_username: str
    member_id: UUID | None


def present_account(account: LinkedAccount) -> CustomerAccountBody:
    """One account, without its tokens."""
    return {
        "created_at": account.created_at,
        "id": account.pk,
        "provider": account.provider,
        "account_id": account.account_id,
        "account_username": account.username,
        "member_id": account.member_id,
    }


class PortalGrantLinkView(PortalView):
    """The way to the account that a grant goes to."""

    scopes = {"POST": WRITE}

    @documented(
        "Link an account for a benefit grant",
        operation_id="customer_portal:benefit-grants:link",
        answer=LinkBody,
        status=201,
        errors=(404, 409),
    )
    def post(self, request: Request, id: str) -> Any:
        """An address for the customer's own browser: it leads to the service and back."""
        grant = grants_for(self.customer, self.member).get_or_refuse(pk=self.id_from())
        link, ticket = begin_link(
            grant=grant,
            return_url=self.session.return_url or "",
            now=system_time(),
            origin=self.origin(),
        )
        return self.created(
            LinkBody(
                provider=link.provider,
                url=f"{settings.BASE_URL}{reverse('benefits:link', args=[ticket])}",
                expires_at=link.expires_at,
            )
        )


class PortalLinkedAccountsView(PortalView):
    """The accounts that a customer has linked."""

    scopes = {"GET": READ}

    @documented(
        "List linked accounts",
        operation_id="customer_portal:linked-accounts:list",
        answer=CustomerAccountBody,
        is_list=True,
    )
    def get(self, request: Request) -> Any:
        """One page."""
        order = sorting(request, SORTING, ["-created_at"])
        rows = linked_accounts_of(self.customer, self.member).order_by(*order)
        return paginate(rows, request, present_account)


class PortalLinkedAccountView(PortalView):
    """One of them."""

    scopes = {"DELETE": WRITE}

    @documented(
        "Unlink an account",
        operation_id="customer_portal:linked-accounts:delete",
        status=204,
        errors=(404, 409),
    )
    def delete(self, request: Request, id: str) -> Any:
        """Nothing: it is forgotten with its tokens."""
        rows = linked_accounts_of(self.customer, self.member)
        unlink_account(account=rows.get_or_refuse(pk=self.id_from()), origin=self.origin())
        return self.no_content()
