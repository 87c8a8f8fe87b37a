"""Routes of the customer endpoints; fixed words come before ids."""

from django.urls import path

from apps.customers.api.email_views import (
    PortalEmailCheckView,
    PortalEmailRequestView,
    PortalEmailVerifyView,
)
from apps.customers.api.member_views import (
    ExternalMembersView,
    ExternalMemberView,
    MembersView,
    MemberView,
)
from apps.customers.api.portal_members import PortalMembersView, PortalMemberView
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
    path("customer-portal/members", PortalMembersView.as_view()),
    path("customer-portal/members/<str:id>", PortalMemberView.as_view()),
    path(f"{_SESSION}/introspect", PortalSessionView.as_view()),
    path(f"{_SESSION}/user", PortalUserView.as_view()),
    path(f"{_EMAIL}/request", PortalEmailRequestView.as_view()),
    path(f"{_EMAIL}/check", PortalEmailCheckView.as_view()),
    path(f"{_EMAIL}/verify", PortalEmailVerifyView.as_view()),
    path("customer-sessions/", CustomerSessionsView.as_view()),
    path("customers/", CustomersView.as_view()),
    path("customers/export", CustomersExportView.as_view()),
    path(
        "customers/external/<path:external_id>/members/<str:member_external_id>",
        ExternalMemberView.as_view(),
    ),
    path("customers/external/<path:external_id>/members", ExternalMembersView.as_view()),
    path("customers/external/<path:external_id>/state", ExternalCustomerStateView.as_view()),
    path("customers/external/<path:external_id>", ExternalCustomerView.as_view()),
    path("customers/<str:id>/members/<str:member_id>", MemberView.as_view()),
    path("customers/<str:id>/members", MembersView.as_view()),
    path("customers/<str:id>/state", CustomerStateView.as_view()),
    path("customers/<str:id>", CustomerView.as_view()),
]
