"""Routes of the benefit endpoints."""

from django.urls import path

from apps.benefits.api.grants import BenefitGrantsView, GrantsOfBenefitView
from apps.benefits.api.linking import (
    PortalGrantLinkView,
    PortalLinkedAccountsView,
    PortalLinkedAccountView,
)
from apps.benefits.api.portal import (
    DownloadView,
    PortalDownloadablesView,
    PortalGrantsView,
    PortalGrantView,
)
from apps.benefits.api.views import (
    BenefitFilesView,
    BenefitsView,
    BenefitView,
    ProductBenefitsView,
)

_PORTAL = "customer-portal"

urlpatterns = [
    path("benefits/", BenefitsView.as_view()),
    path("benefits/<str:id>", BenefitView.as_view()),
    path("benefits/<str:id>/grants", GrantsOfBenefitView.as_view()),
    path("benefits/<str:id>/files", BenefitFilesView.as_view()),
    path("benefit-grants/", BenefitGrantsView.as_view()),
    path("products/<str:id>/benefits", ProductBenefitsView.as_view()),
    path(f"{_PORTAL}/benefit-grants/", PortalGrantsView.as_view()),
    path(f"{_PORTAL}/benefit-grants/<str:id>", PortalGrantView.as_view()),
    path(f"{_PORTAL}/benefit-grants/<str:id>/link", PortalGrantLinkView.as_view()),
    path(f"{_PORTAL}/linked-accounts/", PortalLinkedAccountsView.as_view()),
    path(f"{_PORTAL}/linked-accounts/<str:id>", PortalLinkedAccountView.as_view()),
    path(f"{_PORTAL}/downloadables/", PortalDownloadablesView.as_view()),
    path(f"{_PORTAL}/downloadables/<str:token>", DownloadView.as_view()),
]
