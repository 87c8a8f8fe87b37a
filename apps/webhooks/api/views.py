"""Webhook endpoints and deliveries over the merchant API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.api.filters import among
from apps.api.pages import paginate
from apps.api.schema import documented
from apps.api.views import ApiView
from apps.api.wire import json_response
from apps.core.errors import ResourceNotFound
from apps.webhooks.api.presenters import (
    RedeliveryBody,
    WebhookDeliveryBody,
    WebhookEndpointBody,
    present_delivery,
    present_endpoint,
)
from apps.webhooks.api.serializers import (
    RedeliveryInput,
    WebhookEndpointCreateInput,
    WebhookEndpointUpdateInput,
)
from apps.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from apps.webhooks.operations import (
    EndpointInput,
    Selection,
    create_endpoint,
    delete_endpoint,
    redeliver_event,
    redeliver_events,
    reset_endpoint_secret,
    update_endpoint,
)
from apps.webhooks.registry import EVENT_TYPES
from apps.webhooks.selectors import living_endpoints

READ = ("webhooks:read", "webhooks:write")
WRITE = ("webhooks:write",)
CODE_CLASSES = ("2xx", "3xx", "4xx", "5xx")


class WebhookEndpointsView(ApiView):
    """The endpoints of an organization."""

    scopes = {"GET": READ, "POST": WRITE}

    @documented(
        "List webhook endpoints",
        operation_id="webhooks:list_webhook_endpoints",
        answer=WebhookEndpointBody,
        is_list=True,
        query=("organization_id",),
    )
    def get(self, request: Request) -> Any:
        """One page, newest first."""
        rows = among(living_endpoints(self.organization), **self.query.ids("organization_id"))
        return paginate(rows.order_by("-created_at", "-pk"), request, present_endpoint)

    @documented(
        "Create a webhook endpoint",
        operation_id="webhooks:create_webhook_endpoint",
        body=WebhookEndpointCreateInput,
        answer=WebhookEndpointBody,
        status=201,
    )
    def post(self, request: Request) -> Any:
        """The new endpoint."""
        values = self.read(WebhookEndpointCreateInput)
        self.refuse_organization_id(values)
        endpoint = create_endpoint(
            organization=self.organization, data=EndpointInput(**values), origin=self.origin()
        )
        return self.created(present_endpoint(endpoint))


class WebhookEndpointViewBase(ApiView):
    """What the paths of one endpoint share."""

    def endpoint(self) -> WebhookEndpoint:
        """The endpoint of the path."""
        return living_endpoints(self.organization).get_or_refuse(pk=self.id_from())


class WebhookEndpointView(WebhookEndpointViewBase):
    """One endpoint."""

    scopes = {"GET": READ, "PATCH": WRITE, "DELETE": WRITE}

    @documented(
        "Get a webhook endpoint",
        operation_id="webhooks:get_webhook_endpoint",
        answer=WebhookEndpointBody,
        errors=(404,),
    )
    def get(self, request: Request, id: str) -> Any:
        """The endpoint."""
        return present_endpoint(self.endpoint())

    @documented(
        "Update a webhook endpoint",
        operation_id="webhooks:update_webhook_endpoint",
        body=WebhookEndpointUpdateInput,
        answer=WebhookEndpointBody,
        errors=(404,),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The endpoint, changed."""
        endpoint = self.endpoint()
        changes = self.read(WebhookEndpointUpdateInput)
        return present_endpoint(
            update_endpoint(endpoint_id=endpoint.pk, changes=changes, origin=self.origin())
        )

    @documented(
        "Delete a webhook endpoint",
        operation_id="webhooks:delete_webhook_endpoint",
        status=204,
        errors=(404,),
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        """Nothing; the endpoint is gone."""
        delete_endpoint(endpoint_id=self.endpoint().pk, origin=self.origin())
        return self.no_content()


class WebhookEndpointSecretView(WebhookEndpointViewBase):
    """The secret of an endpoint."""

    scopes = {"PATCH": WRITE}

    @documented(
        "Reset the secret of a webhook endpoint",
        operation_id="webhooks:reset_webhook_endpoint_secret",
        answer=WebhookEndpointBody,
        errors=(404,),
    )
    def patch(self, request: Request, id: str) -> Any:
        """The endpoint with its new secret."""
        return present_endpoint(
            reset_endpoint_secret(endpoint_id=self.endpoint().pk, origin=self.origin())
        )


class WebhookEndpointRedeliveryView(WebhookEndpointViewBase):
    """Past events of an endpoint; an addition of ours."""

    scopes = {"POST": WRITE}

    @documented(
        "Deliver past events of a webhook endpoint again",
        operation_id="webhooks:redeliver_webhook_events",
        body=RedeliveryInput,
        answer=RedeliveryBody,
        status=202,
        errors=(404, 409),
    )
    def post(self, request: Request, id: str) -> Any:
        """How many events wait to be delivered again."""
        endpoint = self.endpoint()
        values = self.read(RedeliveryInput)
        selection = Selection(
            since=values.get("start_timestamp"),
            until=values.get("end_timestamp"),
            types=values.get("event_types") or (),
            statuses=values.get("outcomes") or (),
        )
        count = redeliver_events(endpoint_id=endpoint.pk, selection=selection, origin=self.origin())
        return json_response({"count": count}, 202)


class WebhookDeliveriesView(ApiView):
    """The tries to deliver events."""

    scopes = {"GET": READ}

    @documented(
        "List webhook deliveries",
        operation_id="webhooks:list_webhook_deliveries",
        answer=WebhookDeliveryBody,
        is_list=True,
        query=(
            "endpoint_id",
            "start_timestamp",
            "end_timestamp",
            "succeeded",
            "query",
            "http_code_class",
            "event_type",
        ),
    )
    def get(self, request: Request) -> Any:
        """One page, newest first."""
        return self.page(self._listed, present_delivery)

    def _listed(self) -> QuerySet[WebhookDelivery]:
        query = self.query
        rows = among(
            WebhookDelivery.objects.filter(organization_id=self.organization.pk),
            **query.ids("endpoint_id"),
            event__type=query.choices("event_type", EVENT_TYPES),
        ).select_related("event")
        if (since := query.time("start_timestamp")) is not None:
            rows = rows.filter(created_at__gte=since)
        if (until := query.time("end_timestamp")) is not None:
            rows = rows.filter(created_at__lte=until)
        if (succeeded := query.boolean("succeeded")) is not None:
            rows = rows.filter(is_success=succeeded)
        if classes := query.choices("http_code_class", CODE_CLASSES):
            first = int(classes[0][0]) * 100
            rows = rows.filter(http_code__gte=first, http_code__lt=first + 100)
        if text := query.text("query"):
            rows = rows.filter(_named(text))
        return rows.order_by("-created_at", "-pk")


class WebhookEventRedeliveryView(ApiView):
    """One event."""

    scopes = {"POST": WRITE}

    @documented(
        "Deliver a webhook event again",
        operation_id="webhooks:redeliver_webhook_event",
        status=202,
        errors=(404, 409),
    )
    def post(self, request: Request, id: str) -> Any:
        """Null: it is delivered in a moment."""
        rows = WebhookEvent.objects.for_organization(self.organization)
        event = rows.filter(pk=self.id_from(), endpoint__deleted_at=None).first()
        if event is None:
            raise ResourceNotFound
        redeliver_event(event_id=event.pk, origin=self.origin())
        return json_response(None, 202)


def _named(text: str) -> Q:
    """The tries that somebody may look for by the id of an event, or by a status code."""
    if text.isdecimal() and len(text) <= 3:
        return Q(http_code=int(text))
    try:
        return Q(event_id=UUID(text))
    except ValueError:
        return Q(pk__in=())
