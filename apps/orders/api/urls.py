"""Routes of the order endpoints."""

from django.urls import path

from apps.orders.api.portal import (
    PortalOrderInvoiceView,
    PortalOrderReceiptView,
    PortalOrdersView,
    PortalOrderView,
)
from apps.orders.api.views import (
    OrderInvoiceView,
    OrderReceiptView,
    OrdersExportView,
    OrdersView,
    OrderView,
)

_PORTAL = "customer-portal/orders"

urlpatterns = [
    path(f"{_PORTAL}/", PortalOrdersView.as_view()),
    path(f"{_PORTAL}/<str:id>", PortalOrderView.as_view()),
    path(f"{_PORTAL}/<str:id>/invoice", PortalOrderInvoiceView.as_view()),
    path(f"{_PORTAL}/<str:id>/receipt", PortalOrderReceiptView.as_view()),
    path("orders/", OrdersView.as_view()),
    path("orders/export", OrdersExportView.as_view()),
    path("orders/<str:id>", OrderView.as_view()),
    path("orders/<str:id>/invoice", OrderInvoiceView.as_view()),
    path("orders/<str:id>/receipt", OrderReceiptView.as_view()),
]
