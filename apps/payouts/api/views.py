"""Endpoints of payouts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import paginate, sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.replica import prefer_replica
from apps.payouts.api.presenters import (
    AttemptBody,
    BalanceBody,
    EstimateBody,
    PayoutBody,
    present_attempt,
    present_balance,
    present_estimate,
    present_payout,
)
from apps.payouts.models import Payout
from apps.payouts.operations import estimate_payout, request_payout
from apps.payouts.querysets import PayoutQuerySet
from apps.payouts.selectors import money_of
from apps.payouts.statements import statement_csv

READ = ("payouts:read", "payouts:write")
WRITE = ("payouts:write",)
SORTING = {"created_at": "created_at", "amount": "amount", "status": "status"}


class PayoutViewBase(ApiView):
    """What the endpoints share."""

    def rows(self) -> PayoutQuerySet:
        """The organization's own payouts."""
        return Payout.objects.for_organization(self.organization).prefetch_related("attempts")

    def payout(self) -> Payout:
        """The one that the path names."""
        return self.rows().get_or_refuse(pk=self.id_from())


class PayoutsView(PayoutViewBase):
    """All payouts of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List payouts",
        operation_id="payouts:list",
        answer=PayoutBody,
        is_list=True,
        sorting=SORTING,
        query=("organization_id", "status"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        query = self.query
        rows = among(
            self.rows(),
            **query.ids("organization_id"),
            status=query.choices("status", Payout.Status.values),
        )
        order = sorting(request, SORTING, ["-created_at"])
        return paginate(rows.order_by(*order), request, present_payout)

    @documented(
        "Request a payout",
        operation_id="payouts:create",
        answer=PayoutBody,
        status=201,
        errors=(400, 403, 409),
    )
    def post(self, request: Request) -> Any:
        """All that is available, on its way."""
        payout = request_payout(organization_id=self.organization.pk, origin=self.origin())
        return self.created(present_payout(payout))


class PayoutEstimateView(PayoutViewBase):
    """What a payout would come to."""

    scopes = {"GET": READ}

    @documented(
        "Estimate a payout",
        operation_id="payouts:estimate",
        answer=EstimateBody,
        errors=(400, 403),
    )
    def get(self, request: Request) -> Any:
        """The amounts as they are now."""
        found = estimate_payout(organization=self.organization, origin=self.origin())
        return present_estimate(found, settings.SETTLEMENT_CURRENCY)


class PayoutBalanceView(PayoutViewBase):
    """What may be paid out."""

    scopes = {"GET": READ}

    @documented("Get the payable balance", operation_id="payouts:balance", answer=BalanceBody)
    def get(self, request: Request) -> Any:
        """Available now, and when the rest follows."""
        return present_balance(money_of(self.organization.pk, at=self.origin().at))


class PayoutView(PayoutViewBase):
    """One payout."""

    scopes = {"GET": READ}

    @documented("Get a payout", operation_id="payouts:get", answer=PayoutBody, errors=(404,))
    def get(self, request: Request, id: str) -> Any:
        """The payout."""
        return present_payout(self.payout())


class PayoutAttemptsView(PayoutViewBase):
    """The tries of a payout."""

    scopes = {"GET": READ}

    @documented(
        "List the attempts of a payout",
        operation_id="payouts:attempts",
        answer=AttemptBody,
        is_list=True,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """One page, the first try on top."""
        return paginate(self.payout().attempts.order_by("number"), request, present_attempt)


class PayoutCsvView(PayoutViewBase):
    """The transactions of a payout."""

    scopes = {"GET": READ}

    @documented(
        "Export a payout's transactions",
        operation_id="payouts:csv",
        media_type="text/csv",
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The file, line by line."""
        prefer_replica()
        payout = self.payout()
        return StreamingHttpResponse(
            (line.encode() for line in statement_csv(payout)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="payout-{payout.pk}.csv"'},
        )
