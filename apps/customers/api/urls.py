"""Routes of the customer endpoints; fixed words come before ids."""

from django.urls import path

from apps.customers.api.session_views import CustomerSessionsView
from apps.customers.api.views import (
    CustomersExportView,
    CustomerStateView,
    CustomersView,
    CustomerView,
    ExternalCustomerStateView,
    ExternalCustomerView,
)

urlpatterns = [
    path("customer-sessions/", CustomerSessionsView.as_view()),
    path("customers/", CustomersView.as_view()),
    path("customers/export", CustomersExportView.as_view()),
    path("customers/external/<path:external_id>/state", ExternalCustomerStateView.as_view()),
    path("customers/external/<path:external_id>", ExternalCustomerView.as_view()),
    path("customers/<str:id>/state", CustomerStateView.as_view()),
    path("customers/<str:id>", CustomerView.as_view()),
]
