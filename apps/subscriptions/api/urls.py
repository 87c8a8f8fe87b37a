"""Routes of the subscription endpoints; fixed words come before ids."""

from django.urls import path

from apps.subscriptions.api.views import (
    SubscriptionsExportView,
    SubscriptionsView,
    SubscriptionView,
)

urlpatterns = [
    path("subscriptions/", SubscriptionsView.as_view()),
    path("subscriptions/export", SubscriptionsExportView.as_view()),
    path("subscriptions/<str:id>", SubscriptionView.as_view()),
]
