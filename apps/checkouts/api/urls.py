"""Routes of the checkout endpoints."""

from django.urls import path

from apps.checkouts.api.client_views import ClientCheckoutView, ClientConfirmView
from apps.checkouts.api.link_views import CheckoutLinksView, CheckoutLinkView
from apps.checkouts.api.views import CheckoutsView, CheckoutView

urlpatterns = [
    path("checkout-links/", CheckoutLinksView.as_view()),
    path("checkout-links/<str:id>", CheckoutLinkView.as_view()),
    path("checkouts/", CheckoutsView.as_view()),
    path("checkouts/client/<str:client_secret>", ClientCheckoutView.as_view()),
    path("checkouts/client/<str:client_secret>/confirm", ClientConfirmView.as_view()),
    path("checkouts/<str:id>", CheckoutView.as_view()),
]
