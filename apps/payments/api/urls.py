"""Routes of the payment endpoints."""

from django.urls import path

from apps.payments.api.method_views import (
    CustomerPaymentMethodsView,
    ExternalCustomerPaymentMethodsView,
)
from apps.payments.api.order_views import OrderFinalizeView
from apps.payments.api.portal import (
    PortalCustomerView,
    PortalPaymentMethodConfirmView,
    PortalPaymentMethodsView,
)
from apps.payments.api.portal_orders import (
    PortalOrderPaymentStatusView,
    PortalOrderPaymentView,
)
from apps.payments.api.refund_views import RefundsView
from apps.payments.api.views import PaymentsView, PaymentView
from apps.payments.api.wallet_views import WalletTopUpView

_ME = "customer-portal/customers/me"
_ORDER = "customer-portal/orders/<str:id>"

urlpatterns = [
    path(_ME, PortalCustomerView.as_view()),
    path(f"{_ME}/payment-methods", PortalPaymentMethodsView.as_view()),
    path(f"{_ME}/payment-methods/confirm", PortalPaymentMethodConfirmView.as_view()),
    path(f"{_ORDER}/payment-status", PortalOrderPaymentStatusView.as_view()),
    path(f"{_ORDER}/confirm-payment", PortalOrderPaymentView.as_view()),
    path(
        "customers/external/<path:external_id>/payment-methods",
        ExternalCustomerPaymentMethodsView.as_view(),
    ),
    path("customers/<str:id>/payment-methods", CustomerPaymentMethodsView.as_view()),
    path("orders/<str:id>/finalize", OrderFinalizeView.as_view()),
    path("payments/", PaymentsView.as_view()),
    path("payments/<str:id>", PaymentView.as_view()),
    path("refunds/", RefundsView.as_view()),
    path("wallets/<str:id>/top-up", WalletTopUpView.as_view()),
]
