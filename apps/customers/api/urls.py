"""Routes of the customer endpoints; fixed words come before ids."""

from django.urls import path

from apps.customers.api.email_views import (
    PortalEmailCheckView,
    PortalEmailRequestView,
    PortalEmailVerifyView,
)
from apps.customers.api.portal_views import PortalSessionView, PortalUserView
from apps.customers.api.session_views import CustomerSessionsView
from apps.customers.api.views import (
    CustomersExportView,
    CustomerStateView,
    CustomersView,
    CustomerView,
    ExternalCustomerStateView,
    ExternalCustomerView,
)

_SESSION = "customer-portal/customer-session"
_EMAIL = "customer-portal/customers/me/email-update"

urlpatterns = [
    path(f"{_SESSION}/introspect", PortalSessionView.as_view()),
    path(f"{_SESSION}/user", PortalUserView.as_view()),
    path(f"{_EMAIL}/request", PortalEmailRequestView.as_view()),
    path(f"{_EMAIL}/check", PortalEmailCheckView.as_view()),
    path(f"{_EMAIL}/verify", PortalEmailVerifyView.as_view()),
    path("customer-sessions/", CustomerSessionsView.as_view()),
    path("customers/", CustomersView.as_view()),
    path("customers/export", CustomersExportView.as_view()),
    path("customers/external/<path:external_id>/state", ExternalCustomerStateView.as_view()),
    path("customers/external/<path:external_id>", ExternalCustomerView.as_view()),
    path("customers/<str:id>/state", CustomerStateView.as_view()),
    path("customers/<str:id>", CustomerView.as_view()),
]
