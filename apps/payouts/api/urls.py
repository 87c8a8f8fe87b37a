"""Routes of the payout endpoints."""

from django.urls import path

from apps.payouts.api.invoice_views import PayoutInvoiceView
from apps.payouts.api.money_views import TransactionsView, WhereaboutsView
from apps.payouts.api.views import (
    PayoutAttemptsView,
    PayoutBalanceView,
    PayoutCsvView,
    PayoutEstimateView,
    PayoutsView,
    PayoutView,
)

urlpatterns = [
    path("payouts/", PayoutsView.as_view()),
    path("payouts/estimate", PayoutEstimateView.as_view()),
    path("payouts/balance", PayoutBalanceView.as_view()),
    path("payouts/transactions", TransactionsView.as_view()),
    path("payouts/whereabouts", WhereaboutsView.as_view()),
    path("payouts/<str:id>", PayoutView.as_view()),
    path("payouts/<str:id>/attempts", PayoutAttemptsView.as_view()),
    path("payouts/<str:id>/csv", PayoutCsvView.as_view()),
    path("payouts/<str:id>/invoice", PayoutInvoiceView.as_view()),
]
