"""Routes of the wallets."""

from django.urls import path

from apps.wallets.api.views import WalletsView, WalletView

urlpatterns = [
    path("wallets/", WalletsView.as_view()),
    path("wallets/<str:id>", WalletView.as_view()),
]
