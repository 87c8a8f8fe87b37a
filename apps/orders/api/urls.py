"""Routes of the order endpoints."""

from django.urls import path

from apps.orders.api.views import (
    OrderInvoiceView,
    OrderReceiptView,
    OrdersExportView,
    OrdersView,
    OrderView,
)

urlpatterns = [
    path("orders/", OrdersView.as_view()),
    path("orders/export", OrdersExportView.as_view()),
    path("orders/<str:id>", OrderView.as_view()),
    path("orders/<str:id>/invoice", OrderInvoiceView.as_view()),
    path("orders/<str:id>/receipt", OrderReceiptView.as_view()),
]
