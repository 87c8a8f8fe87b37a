"""Routes of the payment endpoints."""

from django.urls import path

from apps.payments.api.views import PaymentsView, PaymentView

urlpatterns = [
    path("payments/", PaymentsView.as_view()),
    path("payments/<str:id>", PaymentView.as_view()),
]
