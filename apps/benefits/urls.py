"""Addresses of the pages that customers pass through."""

from django.urls import path

from apps.benefits import views

app_name = "benefits"

urlpatterns = [
    path("linked-accounts/start/<str:ticket>", views.start, name="link"),
    path("linked-accounts/callback", views.callback, name="linked"),
]
