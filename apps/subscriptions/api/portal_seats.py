"""The subscriptions on whose seats a person sits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request

from apps.api.pages import paginate_own
from apps.api.schema import documented
from apps.customers.api.portal import READ, PortalView
from apps.seats.selectors import claimed_seats_of
from apps.subscriptions.api.bodies import CustomerSubscriptionBody
from apps.subscriptions.api.portal_presenters import present_customer_subscriptions
from apps.subscriptions.models import Subscription


class PortalClaimedSubscriptionsView(PortalView):
    """What somebody has by a seat, whoever pays for it."""

    scopes = {"GET": READ}

    @documented(
        "List claimed subscriptions",
        operation_id="customer_portal:seats:list_claimed_subscriptions",
        answer=CustomerSubscriptionBody,
        is_list=True,
    )
    def get(self, request: Request) -> Any:
        """One page, the last one first."""
        organization = self.organization
        return paginate_own(
            self._listed,
            request,
            lambda rows: present_customer_subscriptions(rows, organization),
            organization_id=self.member.pk,
            name=type(self),
        )

    def _listed(self, member_id: UUID) -> QuerySet[Subscription]:
        seats = claimed_seats_of(member_id).values("subscription_id")
        return Subscription.objects.filter(pk__in=seats).order_by("-started_at", "-id")
