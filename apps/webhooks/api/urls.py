"""Routes of the webhook endpoints."""

from django.urls import path

from apps.webhooks.api.views import (
    WebhookDeliveriesView,
    WebhookEndpointRedeliveryView,
    WebhookEndpointSecretView,
    WebhookEndpointsView,
    WebhookEndpointView,
    WebhookEventRedeliveryView,
)

urlpatterns = [
    path("webhooks/endpoints", WebhookEndpointsView.as_view()),
    path("webhooks/endpoints/<str:id>", WebhookEndpointView.as_view()),
    path("webhooks/endpoints/<str:id>/secret", WebhookEndpointSecretView.as_view()),
    path("webhooks/endpoints/<str:id>/redeliver", WebhookEndpointRedeliveryView.as_view()),
    path("webhooks/deliveries", WebhookDeliveriesView.as_view()),
    path("webhooks/events/<str:id>/redeliver", WebhookEventRedeliveryView.as_view()),
]
