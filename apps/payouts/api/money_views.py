"""Endpoints of a merchant's money: where it is, and what has moved it."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.payouts.api.money_presenters import (
    TransactionBody,
    WhereaboutsBody,
    present_transaction,
    present_whereabouts,
)
from apps.payouts.selectors import balance_transactions, whereabouts_of

SCOPES = {"GET": ("payouts:read", "payouts:write")}
SORTING = {"created_at": "posted_at", "amount": "signed_amount"}


class WhereaboutsView(ApiView):
    """Where all of the money is."""

    scopes = SCOPES

    @documented(
        "Get where the money is", operation_id="payouts:whereabouts", answer=WhereaboutsBody
    )
    def get(self, request: Request) -> Any:
        """As it is now."""
        return present_whereabouts(whereabouts_of(self.organization.pk, at=self.origin().at))


class TransactionsView(ApiView):
    """What has moved the balance."""

    scopes = SCOPES

    @documented(
        "List balance transactions",
        operation_id="payouts:transactions",
        answer=TransactionBody,
        is_list=True,
        sorting=SORTING,
        query=("organization_id", "type", "payout_id", "order_id", "payment_id"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        query = self.query
        own = query.ids("organization_id")["organization_id"]
        rows = balance_transactions(self.organization.pk)
        if own is not None and self.organization.pk not in own:
            rows = rows.none()
        rows = among(
            rows,
            entry__type=query.texts("type"),
            payout_id=query.uuids("payout_id"),
            entry__order_id=query.uuids("order_id"),
            entry__payment_id=query.uuids("payment_id"),
        )
        order = sorting(request, SORTING, ["-created_at"])
        return paginate(rows.order_by(*order), request, present_transaction)
