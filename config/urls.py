"""Every address of the system, by its audience."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("backoffice/", admin.site.urls),
    path("", include("apps.api.urls")),
    path("v1/", include("apps.organizations.api.urls")),
    # Before customers, whose external ids may hold slashes and so match what follows them.
    path("v1/", include("apps.payments.api.urls")),
    path("v1/", include("apps.disputes.api.urls")),
    path("v1/", include("apps.payouts.api.urls")),
    path("v1/", include("apps.customers.api.urls")),
    path("v1/", include("apps.catalog.api.urls")),
    path("v1/", include("apps.files.api.urls")),
    path("v1/", include("apps.benefits.api.urls")),
    path("v1/", include("apps.discounts.api.urls")),
    path("v1/", include("apps.license_keys.api.urls")),
    path("v1/", include("apps.checkouts.api.urls")),
    path("v1/", include("apps.orders.api.urls")),
    path("v1/", include("apps.subscriptions.api.urls")),
    # After subscriptions, who say on which of them somebody has a seat.
    path("v1/", include("apps.seats.api.urls")),
    path("v1/", include("apps.wallets.api.urls")),
    path("v1/", include("apps.webhooks.api.urls")),
    path("v1/", include("apps.sandbox.api.urls")),
    path("", include("apps.organizations.urls")),
    path("", include("apps.processors.urls")),
    path("", include("apps.files.urls")),
    path("", include("apps.benefits.urls")),
    path("", include("apps.orders.urls")),
    path("", include("apps.payments.urls")),
    path("", include("apps.disputes.urls")),
    path("", include("apps.checkouts.urls")),
    path("", include("apps.portal.urls")),
    path("", include("apps.seats.urls")),
    path("", include("apps.sandbox.urls")),
]
