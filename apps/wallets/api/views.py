"""Wallets that customers fill and use up, over the merchant API."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.inputs import ChoiceField
from apps.api.pages import sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.errors import ValidationFailed
from apps.customers.selectors import living_customers
from apps.wallets.api.presenters import WalletBody, present_wallet
from apps.wallets.models import Wallet
from apps.wallets.operations import create_wallet
from apps.wallets.selectors import usage_wallet, usage_wallets

READ: Final = ("wallets:read", "wallets:write")
WRITE: Final = ("wallets:write",)
SORTING: Final = {"created_at": "created_at", "balance": "balance"}
CURRENCIES: Final = ["usd"]


class WalletCreateInput(serializers.Serializer[Any]):
    """Whose, and in which currency."""

    customer_id = serializers.UUIDField()
    currency = ChoiceField(choices=CURRENCIES, required=False, default="usd")


class WalletsView(ApiView):
    """The wallets of an organization's customers."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List wallets",
        operation_id="wallets:list",
        answer=WalletBody,
        is_list=True,
        sorting=SORTING,
        query=("customer_id",),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        return self.page(self._listed, present_wallet)

    @documented(
        "Create a wallet",
        operation_id="wallets:create",
        body=WalletCreateInput,
        answer=WalletBody,
        status=201,
        errors=(409,),
    )
    def post(self, request: Request) -> Any:
        """The new wallet."""
        values = self.read(WalletCreateInput)
        customer_id = values["customer_id"]
        customer = living_customers(self.organization).filter(pk=customer_id).first()
        if customer is None:
            raise ValidationFailed.at(
                "body", "customer_id", msg="There is no such customer.", value=str(customer_id)
            )
        wallet = create_wallet(customer=customer, currency=values["currency"], origin=self.origin())
        return self.created(present_wallet(wallet))

    def _listed(self) -> QuerySet[Wallet]:
        rows = among(usage_wallets(self.organization.pk), **self.query.ids("customer_id"))
        return rows.order_by(*sorting(self.request, SORTING, ["-created_at"]))


class WalletView(ApiView):
    """One wallet."""

    scopes = {"GET": READ}

    @documented("Get a wallet", operation_id="wallets:get", answer=WalletBody, errors=(404,))
    def get(self, request: Request, id: str) -> Any:
        """The wallet."""
        return present_wallet(usage_wallet(self.organization.pk, self.id_from()))
