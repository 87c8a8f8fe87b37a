"""Subscriptions over the merchant API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.metadata import filter_metadata
from apps.api.pages import sorting
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.core.errors import ResourceNotFound
from apps.core.replica import prefer_replica
from apps.subscriptions.api.bodies import SubscriptionBody
from apps.subscriptions.api.changing import carry_out_update
from apps.subscriptions.api.export import COLUMNS, DEFAULT_COLUMNS, subscriptions_csv
from apps.subscriptions.api.presenters import present_subscription, present_subscriptions
from apps.subscriptions.api.refusals import as_declared
from apps.subscriptions.api.serializers import (
    UPDATE_FORMS,
    SubscriptionCreateInput,
    update_form,
)
from apps.subscriptions.models import Subscription
from apps.subscriptions.operations import (
    FreeSubscription,
    create_free_subscription,
    revoke_subscription,
)
from apps.subscriptions.states import ACTIVE

READ = ("subscriptions:read", "subscriptions:write")
WRITE = ("subscriptions:write",)
SORTING = {
    "customer": "customer__name",
    "status": "status",
    "started_at": "started_at",
    "current_period_end": "current_period_end_at",
    "ended_at": "ended_at",
    "ends_at": "ends_at",
    "amount": "amount",
    "product": "product__name",
    "discount": "discount__name",
}
# With those that only other systems give: nothing here has them.
STATUSES = (*Subscription.Status.values, "incomplete", "incomplete_expired", "unpaid")
FILTERS = (
    "organization_id",
    "product_id",
    "customer_id",
    "external_customer_id",
    "discount_id",
    "active",
    "status",
    "cancel_at_period_end",
    "customer_cancellation_reason",
    "canceled_at_after",
    "canceled_at_before",
    "started_after",
    "started_before",
    "metadata",
)
# Of the query parameters that bound a time, the lookup of each.
BOUNDS = {
    "canceled_at_after": "canceled_at__gte",
    "canceled_at_before": "canceled_at__lte",
    "started_after": "started_at__gte",
    "started_before": "started_at__lte",
}


class SubscriptionViewBase(ApiView):
    """What the subscription endpoints share."""

    def rows(self) -> QuerySet[Subscription]:
        """The organization's subscriptions with their customers."""
        rows = Subscription.objects.filter(organization_id=self.organization.pk)
        return rows.select_related("customer")

    def filtered(self) -> QuerySet[Subscription]:
        """Those that the query parameters ask for."""
        query = self.query
        rows = among(
            self.rows(),
            **query.ids("organization_id", "product_id", "customer_id", "discount_id"),
            customer__external_id=query.texts("external_customer_id"),
            status=query.choices("status", STATUSES),
            cancellation_reason=query.choices(
                "customer_cancellation_reason", Subscription.CancellationReason.values
            ),
        )
        if (is_active := query.boolean("active")) is not None:
            rows = rows.filter(status__in=ACTIVE) if is_active else rows.exclude(status__in=ACTIVE)
        if (is_ending := query.boolean("cancel_at_period_end")) is not None:
            rows = rows.filter(cancel_at_period_end=is_ending)
        bounds = {lookup: query.time(name) for name, lookup in BOUNDS.items()}
        return rows.filter(**{lookup: at for lookup, at in bounds.items() if at is not None})

    def subscription(self, rows: QuerySet[Subscription] | None = None) -> Subscription:
        """The subscription in the path, out of `rows`; ResourceNotFound for anyone else's."""
        found = (self.rows() if rows is None else rows).filter(pk=self.id_from()).first()
        if found is None:
            raise ResourceNotFound
        found.organization = self.organization
        return found

    def shown(self) -> Any:
        """The subscription in the path as it is now."""
        return present_subscription(self.subscription(), self.organization)


class SubscriptionsView(SubscriptionViewBase):
    """The subscriptions of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List subscriptions",
        operation_id="subscriptions:list",
        answer=SubscriptionBody,
        is_list=True,
        sorting=SORTING,
        query=FILTERS,
    )
    def get(self, request: Request) -> Any:
        """One page."""
        organization = self.organization
        return self.page_of_all(
            self._listed, lambda rows: present_subscriptions(rows, organization)
        )

    @documented(
        "Create a subscription",
        operation_id="subscriptions:create",
        body=SubscriptionCreateInput,
        answer=SubscriptionBody,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """A new subscription to something free; what costs is sold at a checkout."""
        made = create_free_subscription(
            organization=self.organization,
            data=FreeSubscription(**self.read(SubscriptionCreateInput)),
            origin=self.origin(),
        )
        return self.created(present_subscription(made, self.organization))

    def _listed(self) -> QuerySet[Subscription]:
        order = sorting(self.request, SORTING, ["-started_at"])
        return filter_metadata(self.filtered(), self.request).order_by(*order)


class SubscriptionsExportView(SubscriptionViewBase):
    """Subscriptions as CSV."""

    scopes = {"GET": READ}

    @documented(
        "Export subscriptions",
        operation_id="subscriptions:export",
        media_type="text/csv",
        query=(
            "organization_id",
            "product_id",
            "status",
            "cancel_at_period_end",
            "started_after",
            "started_before",
            "timezone",
            "columns",
        ),
    )
    def get(self, request: Request) -> Any:
        """The file, line by line."""
        prefer_replica()
        columns = self.query.choices("columns", COLUMNS) or list(DEFAULT_COLUMNS)
        zone = self.query.zone("timezone")
        rows = self.filtered().select_related("customer", "product", "discount")
        rows = rows.order_by("-started_at", "-id")
        lines = subscriptions_csv(rows.iterator(chunk_size=1000), columns, zone)
        return StreamingHttpResponse(
            (line.encode() for line in lines),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="subscriptions.csv"'},
        )


class SubscriptionView(SubscriptionViewBase):
    """One subscription."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}
    # A change that has to be paid for commits before the processor is asked.
    is_atomic: ClassVar[bool] = False

    @documented(
        "Get a subscription",
        operation_id="subscriptions:get",
        answer=SubscriptionBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The subscription."""
        return self.shown()

    @documented(
        "Update a subscription",
        operation_id="subscriptions:update",
        body=PolymorphicProxySerializer(
            component_name="SubscriptionUpdate",
            serializers=list(UPDATE_FORMS),
            resource_type_field_name=None,
        ),
        answer=SubscriptionBody,
        errors=(400, 402, 403, 404, 409),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The subscription, changed: by exactly one of the bodies."""
        subscription = self.subscription()
        form = update_form(self.body())
        values = self.read(form, is_strict=True)
        with as_declared(subscription, values):
            carry_out_update(subscription, form, values, self.origin())
        return self.shown()

    @documented(
        "Revoke a subscription",
        operation_id="subscriptions:revoke",
        answer=SubscriptionBody,
        errors=(403, 404, 409),
    )
    def delete(self, request: Request, id: str) -> Any:
        """The subscription, ended now."""
        subscription = self.subscription()
        revoke_subscription(subscription_id=subscription.pk, origin=self.origin())
        return self.shown()
