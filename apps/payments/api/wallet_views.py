"""Filling a wallet over the merchant API."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request

from apps.api.inputs import ChoiceField, WholeField
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.payments.operations.topping_up import top_up_wallet
from apps.wallets.api.presenters import WalletBody, present_wallet
from apps.wallets.selectors import usage_wallet


class WalletTopUpInput(serializers.Serializer[Any]):
    """How much credit, without tax, and what to charge; the default method if absent."""

    amount = WholeField(min_value=1)
    currency = ChoiceField(choices=["usd"])
    payment_method_id = serializers.UUIDField(required=False, allow_null=True)


class WalletTopUpView(ApiView):
    """The charge that fills a wallet."""

    scopes = {"POST": ("wallets:write",)}
    # The intention to charge commits before the processor is asked.
    is_atomic: ClassVar[bool] = False

    @documented(
        "Top up a wallet",
        operation_id="wallets:top_up",
        body=WalletTopUpInput,
        answer=WalletBody,
        status=201,
        errors=(400, 402, 403, 404, 409),
    )
    def post(self, request: Request, id: str) -> Any:
        """The wallet with its new balance."""
        wallet = usage_wallet(self.organization.pk, self.id_from())
        values = self.read(WalletTopUpInput)
        filled = top_up_wallet(
            wallet_id=wallet.pk,
            amount=values["amount"],
            payment_method_id=values.get("payment_method_id"),
            origin=self.origin(),
        )
        return self.created(present_wallet(filled))
