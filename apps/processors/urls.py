"""Routes of the app."""

from django.urls import URLPattern, URLResolver, path

from apps.processors import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/stripe", views.receive_stripe_event, name="stripe-webhook"),
    path("webhooks/stripe/connect", views.receive_stripe_event, name="stripe-connect-webhook"),
]
