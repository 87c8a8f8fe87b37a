"""Wallets for the customer who fills them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request

from apps.api.pages import sorting
from apps.api.schema import documented
from apps.core.errors import ResourceNotFound
from apps.customers.api.portal import READ, PortalView
from apps.wallets.api.presenters import WalletBody, present_wallet
from apps.wallets.models import Wallet
from apps.wallets.selectors import usage_wallets_of

SORTING = {"created_at": "created_at", "balance": "balance"}


class PortalWalletsView(PortalView):
    """The wallets of a customer."""

    scopes = {"GET": READ}

    @documented(
        "List wallets",
        operation_id="customer_portal:wallets:list",
        answer=WalletBody,
        is_list=True,
        sorting=SORTING,
    )
    def get(self, request: Request) -> Any:
        """One page."""
        return self.page_of_own(self._listed, lambda rows: [present_wallet(row) for row in rows])

    def _listed(self, customer_id: UUID) -> QuerySet[Wallet]:
        order = sorting(self.request, SORTING, ["-created_at"])
        return usage_wallets_of(customer_id).order_by(*order)


class PortalWalletView(PortalView):
    """One of them."""

    scopes = {"GET": READ}

    @documented(
        "Get a wallet",
        operation_id="customer_portal:wallets:get",
        answer=WalletBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The wallet."""
        wallet = usage_wallets_of(self.customer.pk).filter(pk=self.id_from()).first()
        if wallet is None or not self.member.may_bill:
            raise ResourceNotFound
        return present_wallet(wallet)
