"""Routes of documents."""

from django.urls import path

from apps.orders import views

app_name = "orders"
urlpatterns = [path("documents/invoices/<str:token>", views.invoice, name="invoice")]
