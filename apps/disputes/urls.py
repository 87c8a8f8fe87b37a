"""Routes of the app."""

from django.urls import URLPattern, URLResolver, path

from apps.disputes import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/chargebackstop", views.receive_alert, name="chargebackstop-webhook"),
]
