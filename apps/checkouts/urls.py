"""Routes of the hosted checkout."""

from django.urls import path

from apps.checkouts import link_views, views

app_name = "checkouts"
urlpatterns = [
    path("checkout-links/<str:client_secret>", link_views.link_page, name="link_page"),
    path("checkout/<str:client_secret>", views.checkout_page, name="checkout_page"),
    path("checkout/<str:client_secret>/confirm", views.checkout_confirm, name="checkout_confirm"),
    path(
        "checkout/<str:client_secret>/confirmation",
        views.checkout_confirmation,
        name="checkout_confirmation",
    ),
]
