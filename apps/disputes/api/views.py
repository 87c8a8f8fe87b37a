"""Disputes over the merchant API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.errors import ResourceNotFound
from apps.disputes.api.presenters import DisputeBody, present_dispute
from apps.disputes.models import Dispute
from apps.disputes.operations import accept_dispute
from apps.disputes.selectors import presentable_disputes

READ = ("disputes:read", "disputes:write")
WRITE = ("disputes:write",)
SORTING = {"created_at": "created_at", "amount": "amount"}


class DisputeViewBase(ApiView):
    """What the endpoints share."""

    def rows(self) -> QuerySet[Dispute]:
        """The organization's own disputes."""
        return presentable_disputes().filter(organization_id=self.organization.pk)

    def dispute(self) -> Dispute:
        """The one that the path names."""
        found = self.rows().filter(pk=self.id_from()).first()
        if found is None:
            raise ResourceNotFound
        return found


class DisputesView(DisputeViewBase):
    """All disputes of an organization's orders."""

    scopes = {"GET": READ}

    @documented(
        "List disputes",
        operation_id="disputes:list",
        answer=DisputeBody,
        is_list=True,
        sorting=SORTING,
        query=("organization_id", "order_id", "status"),
    )
    def get(self, request: Request) -> Any:
        """One page."""
        return self.page(self._listed, present_dispute)

    def _listed(self) -> QuerySet[Dispute]:
        query = self.query
        rows = among(
            self.rows(),
            **query.ids("organization_id", "order_id"),
            status=query.choices("status", Dispute.Status.values),
        )
        return rows.order_by(*sorting(self.request, SORTING, ["-created_at"]))


class DisputeView(DisputeViewBase):
    """One dispute."""

    scopes = {"GET": READ}

    @documented("Get a dispute", operation_id="disputes:get", answer=DisputeBody, errors=(404,))
    def get(self, request: Request, id: str) -> Any:
        """The dispute."""
        return present_dispute(self.dispute())


class DisputeAcceptView(DisputeViewBase):
    """Conceding a dispute."""

    scopes = {"POST": WRITE}
    # That it is conceded commits before the processor is asked.
    is_atomic: ClassVar[bool] = False

    @documented(
        "Accept a dispute",
        operation_id="disputes:accept",
        answer=DisputeBody,
        errors=(400, 404, 409),
    )
    def post(self, request: Request, id: str) -> Any:
        """The dispute, lost."""
        accepted = accept_dispute(dispute_id=self.dispute().pk, origin=self.origin())
        return present_dispute(presentable_disputes().get(pk=accepted.pk))
