"""Routes of the hosted checkout."""

from django.urls import path

from apps.checkouts import views

app_name = "checkouts"
urlpatterns = [
    path("checkout/<str:client_secret>", views.checkout_page, name="checkout_page"),
    path("checkout/<str:client_secret>/confirm", views.checkout_confirm, name="checkout_confirm"),
    path(
        "checkout/<str:client_secret>/confirmation",
        views.checkout_confirmation,
        name="checkout_confirmation",
    ),
]
