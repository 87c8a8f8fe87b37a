"""Routes of the organization endpoints."""

from django.urls import path

from apps.organizations.api.leak_views import SecretScanningView
from apps.organizations.api.review_views import AppealView, OnboardingView
from apps.organizations.api.token_views import AccessTokensView, AccessTokenView
from apps.organizations.api.views import OrganizationsView, OrganizationView

urlpatterns = [
    path("organizations/", OrganizationsView.as_view()),
    path("organizations/<str:id>", OrganizationView.as_view()),
    path("organizations/<str:id>/onboarding", OnboardingView.as_view()),
    path("organizations/<str:id>/appeal", AppealView.as_view()),
    path("organization-access-tokens/", AccessTokensView.as_view()),
    path("organization-access-tokens/<str:id>", AccessTokenView.as_view()),
    path("integrations/github/secret-scanning", SecretScanningView.as_view()),
]
