"""Routes of the wallets."""

from django.urls import path

from apps.wallets.api.portal import PortalWalletsView, PortalWalletView
from apps.wallets.api.views import WalletsView, WalletView

urlpatterns = [
    path("customer-portal/wallets/", PortalWalletsView.as_view()),
    path("customer-portal/wallets/<str:id>", PortalWalletView.as_view()),
    path("wallets/", WalletsView.as_view()),
    path("wallets/<str:id>", WalletView.as_view()),
]
