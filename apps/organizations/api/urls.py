"""Routes of the organization endpoints."""

from django.urls import path

from apps.organizations.api.review_views import AppealView, OnboardingView
from apps.organizations.api.views import OrganizationsView, OrganizationView

urlpatterns = [
    path("organizations/", OrganizationsView.as_view()),
    path("organizations/<str:id>", OrganizationView.as_view()),
    path("organizations/<str:id>/onboarding", OnboardingView.as_view()),
    path("organizations/<str:id>/appeal", AppealView.as_view()),
]
