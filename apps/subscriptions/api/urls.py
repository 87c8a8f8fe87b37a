"""Routes of the subscription endpoints; fixed words come before ids."""

from django.urls import path

from apps.subscriptions.api.method_views import (
    CustomerPaymentMethodView,
    DefaultPaymentMethodView,
)
from apps.subscriptions.api.portal import (
    PortalPaymentMethodView,
    PortalSubscriptionsView,
    PortalSubscriptionView,
)
from apps.subscriptions.api.portal_seats import PortalClaimedSubscriptionsView
from apps.subscriptions.api.preview_views import (
    CancelPreviewView,
    ChangePreviewView,
    ChargePreviewView,
)
from apps.subscriptions.api.views import (
    SubscriptionsExportView,
    SubscriptionsView,
    SubscriptionView,
)

METHOD = "customers/<str:id>/payment-methods/<str:payment_method_id>"

_PORTAL = "customer-portal"

urlpatterns = [
    path(
        f"{_PORTAL}/customers/me/payment-methods/<str:payment_method_id>",
        PortalPaymentMethodView.as_view(),
    ),
    path(f"{_PORTAL}/seats/subscriptions", PortalClaimedSubscriptionsView.as_view()),
    path(f"{_PORTAL}/subscriptions/", PortalSubscriptionsView.as_view()),
    path(f"{_PORTAL}/subscriptions/<str:id>", PortalSubscriptionView.as_view()),
    path(METHOD, CustomerPaymentMethodView.as_view()),
    path(f"{METHOD}/default", DefaultPaymentMethodView.as_view()),
    path("subscriptions/", SubscriptionsView.as_view()),
    path("subscriptions/export", SubscriptionsExportView.as_view()),
    path("subscriptions/<str:id>", SubscriptionView.as_view()),
    path("subscriptions/<str:id>/charge-preview", ChargePreviewView.as_view()),
    path("subscriptions/<str:id>/change-preview", ChangePreviewView.as_view()),
    path("subscriptions/<str:id>/cancel-preview", CancelPreviewView.as_view()),
]
